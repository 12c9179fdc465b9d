/**
 * The models that a provider of this dialect lists.
 *
 * @module
 */
import { array, object, string } from "../json.ts"

/** The ids in a list of models: OpenAI's, Ollama's, or a bare array. */
export const readModels = (body: unknown): ReadonlyArray<string> => {
  const list = object(body)
  const items = [...array(body), ...array(list?.data), ...array(list?.models)]
  return items.flatMap((item) => {
    const model = object(item)
    return string(model?.id) || string(model?.name) || []
  })
}
