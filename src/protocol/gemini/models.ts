/**
 * The models that Gemini lists.
 *
 * @module
 */
import type { ListedModel } from "../Dialect.ts"
import { array, object, string } from "../json.ts"
import { version } from "./version.ts"

/** Where Gemini lists its models; without the size, a page would end after 50 of them. */
export const modelsPath = `/${version}/models?pageSize=1000` as const

/** The models in a list that write text: others embed, or make pictures. */
export const readModels = (body: unknown): ReadonlyArray<ListedModel> =>
  array(object(body)?.models).flatMap((value) => {
    const model = object(value)
    const name = string(model?.name)
    const methods = model?.supportedGenerationMethods
    const writes = methods === undefined || array(methods).includes("generateContent")
    return name && writes ? [{ id: name.replace(/^models\//, "") }] : []
  })
