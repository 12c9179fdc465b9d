/**
 * Vectors by Bedrock's InvokeModel, which passes on what a model's maker understands.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { EmbeddingRequest, Embeddings } from "../../domain/Embedding.ts"
import { UpstreamFault } from "../../domain/UpstreamFault.ts"
import {
  askedOfCohere,
  cohereSize,
  unsupportedByCohere,
  vectorsOfCohere
} from "../cohere/embeddings.ts"
import type { AnswerHeaders, EmbeddingDialect, Unsupported } from "../Dialect.ts"
import { badResponse } from "../fault.ts"
import { count, object } from "../json.ts"
import { type PartSize, partsOf, tooMany } from "../parts.ts"
import { vector } from "../vector.ts"
import { modelPath } from "./modelPath.ts"

/** How the models of one maker are asked. */
interface Maker {
  readonly size: PartSize
  readonly unsupported: (request: EmbeddingRequest) => ReadonlyArray<Unsupported>
  readonly body: (request: EmbeddingRequest) => JsonObject
}

const titan: Maker = {
  size: { texts: 1 },
  unsupported: ({ inputs, purpose }) => [
    ...inputs.flatMap((input, at) =>
      typeof input === "string" ? [] : [{
        path: ["inputs", at],
        message: "Titan models take a text, not tokens"
      }]
    ),
    ...(purpose === undefined ? [] : [{
      path: ["purpose"],
      message: "Titan models make the same vectors for every purpose"
    }])
  ],
  body: ({ dimensions, inputs: [input] }) => ({
    inputText: typeof input === "string" ? input : "",
    dimensions
  })
}

const cohere: Maker = {
  size: cohereSize,
  unsupported: unsupportedByCohere,
  body: askedOfCohere
}

/** `maker`, for models whose vectors have but one length. */
const unsized = (maker: Maker): Maker => ({
  ...maker,
  unsupported: (request) => [
    ...maker.unsupported(request),
    ...(request.dimensions === undefined ? [] : [{
      path: ["dimensions"],
      message: "All vectors of the model have the same length"
    }])
  ],
  body: ({ dimensions: _, ...request }) => maker.body(request)
})

/** By a part of the model's name; the first that fits. */
const makers: ReadonlyArray<readonly [RegExp, Maker]> = [
  [/titan-embed-(?:\w+-v1|g1)/i, unsized(titan)],
  [/titan/i, titan],
  [/embed-(?:english|multilingual)/i, unsized(cohere)],
  [/cohere|\bembed-v\d/i, cohere]
]

const unknown: Maker = {
  ...titan,
  unsupported: () => [{
    path: ["inputs"],
    message: "On Bedrock only Titan and Cohere Embed are asked for vectors, by such a name"
  }]
}

/** Whose model is asked; an ARN may hide it, and then the client's name tells. */
const makerOf = (request: EmbeddingRequest, model: string): Maker => {
  for (const name of [model, request.model]) {
    const found = makers.find(([pattern]) => pattern.test(name))
    if (found) return found[1]
  }
  return unknown
}

const parts = (request: EmbeddingRequest, model: string) =>
  partsOf(request, makerOf(request, model).size)

const decode = (body: unknown, headers?: AnswerHeaders): Embeddings | UpstreamFault => {
  const answer = object(body)
  if (answer === undefined) return badResponse("The provider's answer is not an object")
  const vectors = answer.embedding === undefined
    ? vectorsOfCohere(answer)
    : vectorOfTitan(answer.embedding)
  if (vectors instanceof UpstreamFault) return vectors
  return { vectors, promptTokens: count(answer.inputTextTokenCount) ?? countIn(headers) }
}

const vectorOfTitan = (value: unknown) => {
  const numbers = vector(value)
  return numbers ? [numbers] : badResponse("The provider's answer lacks a vector")
}

/** Of Cohere's models only Bedrock counts the tokens, and only in a header. */
const countIn = (headers: AnswerHeaders | undefined): number | undefined => {
  const said = headers?.get("x-amzn-bedrock-input-token-count") ?? ""
  return /^\d+$/.test(said) ? count(Number(said)) : undefined
}

/** How Bedrock is asked for vectors: Titan for one at a time. */
export const embeddings: EmbeddingDialect = {
  unsupported: (request, model) => [
    ...makerOf(request, model).unsupported(request),
    ...tooMany(parts(request, model))
  ],
  parts,
  encode: (request, model) => ({
    path: `${modelPath(model)}/invoke`,
    body: makerOf(request, model).body(request)
  }),
  decode
}
