/**
 * The models that a provider of this dialect lists.
 *
 * @module
 */
import type { ListedModel } from "../Dialect.ts"
import { array, object, string } from "../json.ts"

/** The models in a list of models: OpenAI's, Ollama's, or a bare array. */
export const readModels = (body: unknown): ReadonlyArray<ListedModel> => {
  const list = object(body)
  const items = [...array(body), ...array(list?.data), ...array(list?.models)]
  return items.flatMap((item) => {
    const model = object(item)
    const id = string(model?.id) || string(model?.name)
    return id ? [{ id }] : []
  })
}
