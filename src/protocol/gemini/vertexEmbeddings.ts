/**
 * Vectors as Vertex AI makes them: most models by `predict`, the newer ones of Gemini by
 * `embedContent`.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { EmbeddingRequest, Embeddings } from "../../domain/Embedding.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { Call, EmbeddingDialect } from "../Dialect.ts"
import { badResponse } from "../fault.ts"
import { array, count, object } from "../json.ts"
import { type PartSize, partsOf, tooMany } from "../parts.ts"
import { vector } from "../vector.ts"
import { embeddings as gemini, isObject, ownOf, taskTypes } from "./embeddings.ts"
import { modelPath } from "./modelPath.ts"

/** The models of Gemini take one text at a time, by either way. */
const one: PartSize = { texts: 1 }
/**
 * All others take 250, and no more than 20,000 tokens together. How many tokens a text has, nobody
 * here knows, but not more than characters.
 */
const many: PartSize = { texts: 250, characters: 20_000 }

const parts = (request: EmbeddingRequest, model: string) =>
  partsOf(request, /gemini/.test(model) ? one : many)

/** Whether a model is asked by `embedContent`: those of Gemini, but for the first. */
const takesContent = (model: string): boolean =>
  /gemini/.test(model) && !/gemini-embedding-001$/.test(model)

const encode = (request: EmbeddingRequest, model: string): Call => {
  const path = modelPath(model)
  return takesContent(model)
    ? { path: `${path}:embedContent`, body: contentOf(request) }
    : { path: `${path}:predict`, body: instancesOf(request) }
}

const contentOf = (request: EmbeddingRequest): JsonObject => {
  const { embedContentConfig: config, ...own } = ownOf(request, 0) ?? {}
  return {
    content: { parts: [{ text: textAt(request, 0) }] },
    embedContentConfig: {
      taskType: request.purpose && taskTypes[request.purpose],
      outputDimensionality: request.dimensions,
      autoTruncate: false,
      ...own,
      ...(isObject(config) ? config : undefined)
    }
  }
}

const instancesOf = (request: EmbeddingRequest): JsonObject => {
  const { dimensions, inputs, purpose } = request
  return {
    instances: inputs.map((_, at) => {
      const { taskType, title } = ownOf(request, at) ?? {}
      return {
        content: textAt(request, at),
        task_type: taskType ?? (purpose && taskTypes[purpose]),
        title
      }
    }),
    parameters: {
      outputDimensionality: dimensions,
      // By itself, Vertex leaves out what is too long, and says nothing.
      autoTruncate: inputs.every((_, at) => ownOf(request, at)?.autoTruncate === true)
    }
  }
}

const textAt = ({ inputs }: EmbeddingRequest, at: number): string => {
  const input = inputs[at]
  return typeof input === "string" ? input : ""
}

const decode = (body: unknown): Embeddings | UpstreamFault => {
  const answer = object(body)
  if (answer?.predictions === undefined) return gemini.decode(body)
  const vectors: Array<ReadonlyArray<number>> = []
  let promptTokens: number | undefined = 0
  for (const prediction of array(answer.predictions)) {
    const made = object(object(prediction)?.embeddings)
    const numbers = vector(made?.values)
    if (numbers === undefined) return badResponse("The provider's answer lacks a vector")
    vectors.push(numbers)
    const tokens = count(object(made?.statistics)?.token_count)
    promptTokens = tokens === undefined || promptTokens === undefined
      ? undefined
      : promptTokens + tokens
  }
  return { vectors, promptTokens }
}

/** How Vertex AI is asked for vectors. */
export const vertexEmbeddings: EmbeddingDialect = {
  unsupported: (request, model) => [
    ...gemini.unsupported(request, model),
    ...tooMany(parts(request, model))
  ],
  parts,
  encode,
  decode
}
