/**
 * What a list tells a model to cost.
 *
 * @module
 */
import type { Rates } from "../../domain/Cost.ts"
import { object } from "../json.ts"
import { price, rates } from "../listing.ts"

/** A price list's entry for one model, in the words of OpenRouter, or of Together. */
export const ratesOf = (pricing: unknown): Rates | undefined => {
  const told = object(pricing)
  if (!told) return undefined
  const token = (value: unknown) => price(value, 1_000_000)
  if (told.prompt !== undefined) {
    const perToken = rates({
      input: token(told.prompt),
      output: token(told.completion),
      cachedInput: token(told.input_cache_read),
      cacheWrite: token(told.input_cache_write),
      reasoning: token(told.internal_reasoning) || undefined
    })
    return perToken && { ...perToken, perRequest: price(told.request, 1) || undefined }
  }
  const perMillion = rates({
    input: price(told.input, 1),
    output: price(told.output, 1),
    cachedInput: price(told.cached_input, 1) || undefined
  })
  // Together writes 0 where it has no price for tokens.
  return perMillion && perMillion.input + perMillion.output > 0 ? perMillion : undefined
}
