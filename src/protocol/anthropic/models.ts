/**
 * The models that Anthropic lists.
 *
 * @module
 */
import type { ListedModel } from "../Dialect.ts"
import { array, type Fields, object, string } from "../json.ts"
import { answers, flag, limit, toCapabilities } from "../listing.ts"

/** The models in a list, but for those that it only remembers. */
export const readModels = (body: unknown): ReadonlyArray<ListedModel> =>
  array(object(body)?.data).flatMap((item) => {
    const model = object(item)
    const id = string(model?.id)
    return model && id && model.lifecycle !== "retired" ? [read(id, model)] : []
  })

const read = (id: string, model: Fields): ListedModel => {
  const name = string(model.display_name)
  const contextWindow = limit(model.max_input_tokens)
  const maxOutputTokens = limit(model.max_tokens)
  return {
    id,
    ...(name ? { name } : {}),
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...capabilitiesOf(object(model.capabilities))
  }
}

const capabilitiesOf = (told: Fields | undefined) => {
  if (!told) return {}
  const supports = (name: string) => flag(object(told[name])?.supported)
  return toCapabilities({
    ...answers,
    vision: supports("image_input"),
    "json-schema": supports("structured_outputs"),
    reasoning: supports("thinking")
  })
}
