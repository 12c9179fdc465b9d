/**
 * Gemini's dialect as Vertex AI speaks it.
 *
 * @module
 */
import type { Dialect } from "../Dialect.ts"
import { isObject } from "./embeddings.ts"
import { gemini } from "./mod.ts"
import { counting } from "./spoken.ts"
import { vertexEmbeddings } from "./vertexEmbeddings.ts"

/**
 * Google's Vertex AI: answers are asked for as of Gemini's own API, and prompts are counted without
 * the wrapping. Vectors are asked for in ways of its own.
 */
export const vertex: Dialect = {
  ...gemini,
  embeddings: vertexEmbeddings,
  counting: {
    ...counting,
    encode: (request, target) => {
      const call = counting.encode(request, target)
      const wrapped = call.body.generateContentRequest
      return { ...call, body: isObject(wrapped) ? { ...wrapped, model: undefined } : call.body }
    }
  }
}
