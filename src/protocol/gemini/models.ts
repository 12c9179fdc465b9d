/**
 * The models that Gemini lists.
 *
 * @module
 */
import type { ListedModel } from "../Dialect.ts"
import { array, type Fields, object, string } from "../json.ts"
import { answers, embeds, flag, limit, toCapabilities, type Told } from "../listing.ts"
import { version } from "./version.ts"

/** Where Gemini lists its models; without the size, a page would end after 50 of them. */
export const modelsPath = `/${version}/models?pageSize=1000` as const

/** The models in a list that write text or make vectors: others make pictures, or answer live. */
export const readModels = (body: unknown): ReadonlyArray<ListedModel> =>
  array(object(body)?.models).flatMap((value) => {
    const model = object(value)
    const id = string(model?.name)?.replace(/^models\//, "")
    const told = model && toldOf(model)
    if (model === undefined || !id || told === undefined) return []
    const name = string(model.displayName)
    const contextWindow = limit(model.inputTokenLimit)
    const maxOutputTokens = limit(model.outputTokenLimit)
    return [{
      id,
      ...(name ? { name } : {}),
      ...(contextWindow === undefined ? {} : { contextWindow }),
      ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
      ...toCapabilities(told)
    }]
  })

const toldOf = ({ supportedGenerationMethods: methods, thinking }: Fields): Told | undefined => {
  const can = (method: string) => array(methods).includes(method)
  const embedding = can("embedContent") || can("batchEmbedContents")
  return methods === undefined || can("generateContent")
    ? { ...answers, reasoning: flag(thinking), embeddings: embedding }
    : embedding
    ? embeds
    : undefined
}
