/**
 * The models that a provider of this dialect lists. OpenAI itself tells ids alone; others tell more,
 * each in words of its own, none of which means two things.
 *
 * @module
 */
import type { ListedModel } from "../Dialect.ts"
import { array, type Fields, object, string } from "../json.ts"
import { answers, embeds, isEmbeddingName, limit, toCapabilities } from "../listing.ts"
import { capabilitiesOf, kindOf } from "./modelKind.ts"
import { ratesOf } from "./modelRates.ts"

/** The models in a list of models: OpenAI's, Ollama's, or a bare array. */
export const readModels = (body: unknown): ReadonlyArray<ListedModel> => {
  const list = object(body)
  const items = [...array(body), ...array(list?.data), ...array(list?.models)]
  return items.flatMap((item) => {
    const model = object(item)
    return model ? read(model) : []
  })
}

const read = (model: Fields): ReadonlyArray<ListedModel> => {
  const id = string(model.id) || string(model.name)
  if (!id || model.active === false || model.archived === true) return []
  const kind = kindOf(model) ?? (isEmbeddingName(id) ? "embedding" : undefined)
  if (kind === "other") return []
  const told = kind === "embedding"
    ? embeds
    : { ...(kind === "text" ? answers : {}), ...capabilitiesOf(model) }
  const name = string(model.display_name) || string(model.name)
  const contextWindow = windowOf(model)
  const maxOutputTokens = limit(
    object(model.top_provider)?.max_completion_tokens,
    model.max_completion_tokens,
    model.max_output_tokens
  )
  const rates = ratesOf(model.pricing)
  return [{
    id,
    ...(name && name !== id ? { name } : {}),
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(rates ? { rates } : {}),
    ...toCapabilities(told)
  }]
}

/** In the words of OpenRouter, Together and Fireworks; Groq; Mistral and LM Studio; vLLM; llama.cpp. */
const windowOf = (model: Fields): number | undefined => {
  const told = limit(
    model.context_length,
    model.context_window,
    model.max_context_length,
    model.max_model_len,
    object(model.meta)?.n_ctx
  )
  if (told !== undefined) return told
  // Who of them will answer is not known, so what holds for all of them counts.
  const windows = array(model.providers).flatMap((one) => limit(object(one)?.context_length) ?? [])
  return windows.length > 0 ? Math.min(...windows) : undefined
}
