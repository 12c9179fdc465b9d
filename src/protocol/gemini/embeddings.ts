/**
 * Vectors in Gemini's words.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { EmbeddingPurpose, EmbeddingRequest, Embeddings } from "../../domain/Embedding.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { Call, EmbeddingDialect, Unsupported } from "../Dialect.ts"
import { badResponse } from "../fault.ts"
import { array, count, object } from "../json.ts"
import { vector } from "../vector.ts"
import { faultOf } from "./fault.ts"
import { modelPath } from "./modelPath.ts"

const unsupported = ({ inputs }: EmbeddingRequest): ReadonlyArray<Unsupported> =>
  inputs.flatMap((input, at) =>
    typeof input === "string" ? [] : [{
      path: ["inputs", at],
      message: "Gemini models take a text, not tokens"
    }]
  )

const encode = (request: EmbeddingRequest, model: string): Call => {
  const path = modelPath(model)
  const requests = request.inputs.map((_, at) => ({
    model: /^(?:models|tunedModels)\//.test(model) ? model : `models/${model}`,
    ...one(request, at)
  }))
  const [first] = requests
  return requests.length === 1 && first
    ? { path: `${path}:embedContent`, body: first }
    : { path: `${path}:batchEmbedContents`, body: { requests } }
}

const one = (request: EmbeddingRequest, at: number): JsonObject => {
  const { dimensions, inputs, purpose } = request
  const input = inputs[at]
  return {
    content: { parts: [{ text: typeof input === "string" ? input : "" }] },
    taskType: purpose && taskTypes[purpose],
    outputDimensionality: dimensions,
    ...ownOf(request, at)
  }
}

/** What a client of Gemini's says beside the text at `at`: it says so of each by itself. */
export const ownOf = ({ dialect, extra }: EmbeddingRequest, at: number): JsonObject | undefined => {
  const requests = dialect === "gemini" ? extra?.requests : undefined
  const fields: JsonObject[string] = Array.isArray(requests) ? requests[at] : undefined
  return isObject(fields) ? fields : undefined
}

/** Whether `value` is an object. */
export const isObject = (value: JsonObject[string]): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What each purpose is to Google. */
export const taskTypes: Readonly<Record<EmbeddingPurpose, string>> = {
  query: "RETRIEVAL_QUERY",
  document: "RETRIEVAL_DOCUMENT",
  similarity: "SEMANTIC_SIMILARITY",
  classification: "CLASSIFICATION",
  clustering: "CLUSTERING"
}

const decode = (body: unknown): Embeddings | UpstreamFault => {
  const answer = object(body)
  if (answer === undefined) return badResponse("The provider's answer is not an object")
  const error = object(answer.error)
  if (error) return faultOf(error)
  const items = answer.embedding === undefined ? array(answer.embeddings) : [answer.embedding]
  const vectors: Array<ReadonlyArray<number>> = []
  for (const item of items) {
    const numbers = vector(object(item)?.values)
    if (numbers === undefined) return badResponse("The provider's answer lacks a vector")
    vectors.push(numbers)
  }
  return { vectors, promptTokens: count(object(answer.usageMetadata)?.promptTokenCount) }
}

/** How Gemini is asked for vectors: for one by `embedContent`, for more by `batchEmbedContents`. */
export const embeddings: EmbeddingDialect = { unsupported, encode, decode }
