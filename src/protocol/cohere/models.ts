/**
 * The models that Cohere lists.
 *
 * @module
 */
import type { ListedModel } from "../Dialect.ts"
import { array, type Fields, object, string } from "../json.ts"
import { answers, embeds, limit, toCapabilities } from "../listing.ts"

/** Where Cohere lists its models; without the size, a page would end after 20 of them. */
export const modelsPath = "/v1/models?page_size=1000" as const

/** The models in a list that answer or embed: others put texts in order. */
export const readModels = (body: unknown): ReadonlyArray<ListedModel> =>
  array(object(body)?.models).flatMap((value) => {
    const model = object(value)
    return model ? read(model) : []
  })

const read = (model: Fields): ReadonlyArray<ListedModel> => {
  const id = string(model.name)
  const endpoints = array(model.endpoints)
  const chats = endpoints.includes("chat")
  if (!id || model.is_deprecated === true || !chats && !endpoints.includes("embed")) return []
  const contextWindow = limit(model.context_length)
  return [{
    id,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...toCapabilities(chats ? { ...answers, ...told(model.features) } : embeds)
  }]
}

const told = (features: unknown) => {
  if (!Array.isArray(features)) return {}
  return {
    "vision": features.includes("vision"),
    "tools": features.includes("tools"),
    "json-schema": features.includes("json_schema") || features.includes("json_mode"),
    "reasoning": features.includes("reasoning")
  }
}
