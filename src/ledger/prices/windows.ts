/**
 * How much models read, as far as the price list knows.
 *
 * @module
 */
import { findProvider } from "@pydantic/genai-prices"

/**
 * The context window of `model`, by the provider's own name for it, at `provider`, an id of the price
 * list. `undefined` where the list does not know: it is looked up by the exact name alone.
 */
export const windowOf = (provider: string, model: string): number | undefined => {
  const known = windows.get(provider) ?? read(provider)
  return known.get(model.toLowerCase())
}

/** Each provider's, once it was asked for. */
const windows = new Map<string, ReadonlyMap<string, number>>()

const read = (provider: string): ReadonlyMap<string, number> => {
  const found = findProvider({ providerId: provider })
  const known = new Map<string, number>()
  // The list also answers for a provider whose name is only like one of its own.
  for (const { id, context_window } of found?.id === provider ? found.models : []) {
    if (context_window !== undefined && context_window > 0) known.set(id, context_window)
  }
  windows.set(provider, known)
  return known
}
