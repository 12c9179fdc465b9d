/**
 * Vectors in OpenAI's words.
 *
 * @module
 */
import type { EmbeddingRequest, Embeddings } from "../../domain/Embedding.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { Call, EmbeddingDialect, Unsupported } from "../Dialect.ts"
import { badResponse } from "../fault.ts"
import { array, count, object } from "../json.ts"
import { vector } from "../vector.ts"
import { announcedFault } from "./fault.ts"
import type { OpenAiQuirks } from "./quirks.ts"

/** How a provider with these quirks is asked for vectors. */
export const embeddings = (quirks: OpenAiQuirks): EmbeddingDialect => ({
  unsupported,
  encode: (request, model) => encode(request, model, quirks),
  decode
})

const unsupported = ({ purpose }: EmbeddingRequest): ReadonlyArray<Unsupported> =>
  purpose === undefined
    ? []
    : [{ path: ["purpose"], message: "The model makes the same vectors for every purpose" }]

const encode = (
  { dialect, dimensions, extra, inputs, user }: EmbeddingRequest,
  model: string,
  { dimensionsField = "dimensions", userField, vectorFormat }: OpenAiQuirks
): Call => ({
  path: "/embeddings",
  body: {
    model,
    input: inputs,
    [dimensionsField]: dimensions,
    encoding_format: vectorFormat,
    user: userField === "none" ? undefined : user,
    ...(dialect === "openai" ? extra : undefined)
  }
})

const decode = (body: unknown): Embeddings | UpstreamFault => {
  const answer = object(body)
  if (answer === undefined) return badResponse("The provider's answer is not an object")
  const announced = announcedFault(answer)
  if (announced) return announced
  const items = array(answer.data).map(object)
  const numbered = new Map(items.map((item, at) => [count(item?.index) ?? at, item?.embedding]))
  const vectors: Array<ReadonlyArray<number>> = []
  for (let at = 0; at < items.length; at++) {
    const numbers = vector(numbered.get(at))
    if (numbers === undefined) return badResponse("The provider's answer lacks a vector")
    vectors.push(numbers)
  }
  const usage = object(answer.usage)
  const promptTokens = count(usage?.prompt_tokens) ?? count(usage?.total_tokens)
  return { vectors, promptTokens }
}
