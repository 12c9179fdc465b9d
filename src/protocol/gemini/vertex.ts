/**
 * Gemini's dialect as Vertex AI speaks it.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { Dialect } from "../Dialect.ts"
import { gemini } from "./mod.ts"
import { counting } from "./spoken.ts"

/**
 * Google's Vertex AI: answers are asked for as of Gemini's own API, and prompts are counted without
 * the wrapping. Vectors are asked for in ways of its own, for which there are no words here.
 */
export const vertex: Dialect = {
  ...gemini,
  embeddings: undefined,
  counting: {
    ...counting,
    encode: (request, target) => {
      const call = counting.encode(request, target)
      const wrapped = call.body.generateContentRequest
      return { ...call, body: isObject(wrapped) ? { ...wrapped, model: undefined } : call.body }
    }
  }
}

const isObject = (value: JsonObject[string]): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
