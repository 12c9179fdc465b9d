/**
 * Vectors in Cohere's words.
 *
 * @module
 */
import type { EmbeddingPurpose, EmbeddingRequest, Embeddings } from "../../domain/Embedding.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { Call, EmbeddingDialect, Unsupported } from "../Dialect.ts"
import { badResponse } from "../fault.ts"
import { array, count, object } from "../json.ts"
import { vector } from "../vector.ts"

/** How many texts Cohere takes at once. */
const mostTexts = 96

const unsupported = ({ inputs, purpose }: EmbeddingRequest): ReadonlyArray<Unsupported> => [
  ...(inputs.length <= mostTexts ? [] : [{
    path: ["inputs"],
    message: `Cohere models take no more than ${mostTexts} texts at once`
  }]),
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

const encode = (
  { dimensions, inputs, purpose }: EmbeddingRequest,
  model: string
): Call => ({
  path: "/v2/embed",
  body: {
    model,
    texts: inputs.filter((input) => typeof input === "string"),
    // It has to be said: most vectors that are made are of what is searched.
    input_type: (purpose && inputTypes[purpose]) ?? inputTypes.document,
    embedding_types: ["float"],
    output_dimension: dimensions
  }
})

const inputTypes: Readonly<Record<EmbeddingPurpose, string | undefined>> = {
  query: "search_query",
  document: "search_document",
  similarity: undefined,
  classification: "classification",
  clustering: "clustering"
}

const decode = (body: unknown): Embeddings | UpstreamFault => {
  const answer = object(body)
  if (answer === undefined) return badResponse("The provider's answer is not an object")
  const vectors: Array<ReadonlyArray<number>> = []
  for (const item of array(object(answer.embeddings)?.float)) {
    const numbers = vector(item)
    if (numbers === undefined) return badResponse("The provider's answer lacks a vector")
    vectors.push(numbers)
  }
  const meta = object(answer.meta)
  const promptTokens = count(object(meta?.billed_units)?.input_tokens) ??
    count(object(meta?.tokens)?.input_tokens)
  return { vectors, promptTokens }
}

/** How Cohere is asked for vectors. */
export const embeddings: EmbeddingDialect = { unsupported, encode, decode }
