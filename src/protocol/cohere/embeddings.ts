/**
 * Vectors in Cohere's words.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { EmbeddingPurpose, EmbeddingRequest, Embeddings } from "../../domain/Embedding.ts"
import { UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { EmbeddingDialect, Unsupported } from "../Dialect.ts"
import { badResponse } from "../fault.ts"
import { array, count, type Fields, object } from "../json.ts"
import { type PartSize, partsOf, tooMany } from "../parts.ts"
import { vector } from "../vector.ts"

/** How many texts Cohere takes at once. */
export const cohereSize: PartSize = { texts: 96 }

/** What Cohere's models have no words for, wherever they are served. */
export const unsupportedByCohere = (
  { inputs, purpose }: EmbeddingRequest
): ReadonlyArray<Unsupported> => [
  ...inputs.flatMap((input, at) =>
    typeof input === "string" ? [] : [{
      path: ["inputs", at],
      message: "Cohere models take a text, not tokens"
    }]
  ),
  ...(purpose === undefined || inputTypes[purpose] ? [] : [{
    path: ["purpose"],
    message: "Cohere models make no vectors for this purpose"
  }])
]

/** What is asked for, but for the name of the model. */
export const askedOfCohere = ({ dimensions, inputs, purpose }: EmbeddingRequest): JsonObject => ({
  texts: inputs.filter((input) => typeof input === "string"),
  // It has to be said: most vectors that are made are of what is searched.
  input_type: (purpose && inputTypes[purpose]) ?? inputTypes.document,
  embedding_types: ["float"],
  output_dimension: dimensions
})

const inputTypes: Readonly<Record<EmbeddingPurpose, string | undefined>> = {
  query: "search_query",
  document: "search_document",
  similarity: undefined,
  classification: "classification",
  clustering: "clustering"
}

/** The vectors of an answer: by their type, or as a list where there is but one type. */
export const vectorsOfCohere = (
  { embeddings }: Fields
): ReadonlyArray<ReadonlyArray<number>> | UpstreamFault => {
  const vectors: Array<ReadonlyArray<number>> = []
  for (const item of array(object(embeddings)?.float ?? embeddings)) {
    const numbers = vector(item)
    if (numbers === undefined) return badResponse("The provider's answer lacks a vector")
    vectors.push(numbers)
  }
  return vectors
}

const decode = (body: unknown): Embeddings | UpstreamFault => {
  const answer = object(body)
  if (answer === undefined) return badResponse("The provider's answer is not an object")
  const vectors = vectorsOfCohere(answer)
  if (vectors instanceof UpstreamFault) return vectors
  const meta = object(answer.meta)
  const promptTokens = count(object(meta?.billed_units)?.input_tokens) ??
    count(object(meta?.tokens)?.input_tokens)
  return { vectors, promptTokens }
}

const parts = (request: EmbeddingRequest) => partsOf(request, cohereSize)

/** How Cohere is asked for vectors. */
export const embeddings: EmbeddingDialect = {
  unsupported: (request) => [...unsupportedByCohere(request), ...tooMany(parts(request))],
  parts,
  encode: (request, model) => ({ path: "/v2/embed", body: { model, ...askedOfCohere(request) } }),
  decode
}
