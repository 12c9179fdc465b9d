/**
 * `/v1/embeddings`: texts as vectors, as OpenAI's clients ask for them.
 *
 * @module
 */
import type { EmbeddingRequest } from "../../domain/Embedding.ts"
import { GatewayError } from "../../domain/GatewayError.ts"
import { embedding, type ReadingVectors } from "../embedding.ts"
import * as Fields from "../Fields.ts"
import { array, integer, string } from "../json.ts"
import { embeddingsBody } from "./embeddingsBody.ts"
import { invalid } from "./invalid.ts"
import { openingOf } from "./opening.ts"
import { openaiEmbeddings } from "./surface.ts"
import { costHeaders } from "./usage.ts"

/** The most inputs of one request, as OpenAI has it. */
const mostInputs = 2048
/** The longest vector that is asked for. */
const mostDimensions = 100_000

/** What is read of a request: all else goes to a provider of the same dialect as it is. */
const known: ReadonlySet<string> = new Set([
  "model",
  "input",
  "dimensions",
  "encoding_format",
  "user"
])

/** Understands a request for vectors. */
export const readEmbeddings: ReadingVectors = ({ body, headers }) => {
  const opening = openingOf(body, headers)
  if (opening instanceof GatewayError) return opening
  const { body: from, drops: dropUnsupported, fields: { optional, required }, issues, model } =
    opening
  const inputs = required("input", readInputs, expectedInputs)
  const dimensions = optional(
    "dimensions",
    Fields.wholeBetween(1, mostDimensions),
    `a whole number from 1 to ${mostDimensions}`
  )
  const format = optional("encoding_format", Fields.oneOf("float", "base64"), '"float" or "base64"')
  const user = optional("user", Fields.textUpTo(512), "a text of 1 to 512 characters")
  if (issues.length > 0 || model === undefined || inputs === undefined) return invalid(issues)
  return {
    request: {
      model,
      inputs,
      dimensions,
      user,
      dropUnsupported,
      extra: Object.fromEntries(Object.entries(from).filter(([key]) => !known.has(key))),
      dialect: "openai"
    },
    body: embeddingsBody(format ?? "float"),
    headers: costHeaders,
    pathOf: ([field, ...rest]) => field === "inputs" ? ["input", ...rest] : [field ?? "", ...rest]
  }
}

const expectedInputs =
  `a text, a list of at most ${mostInputs} texts, a list of tokens, or a list of such lists`

const readInputs: Fields.Read<EmbeddingRequest["inputs"]> = (value) => {
  const text = string(value)
  if (text !== undefined) return [text]
  const tokens = readTokens(value)
  if (tokens !== undefined) return [tokens]
  const list = array(value)
  if (list === undefined || list.length > mostInputs) return undefined
  const inputs = list.flatMap((item): EmbeddingRequest["inputs"] => {
    const input = string(item) ?? readTokens(item)
    return input === undefined ? [] : [input]
  })
  return inputs.length > 0 && inputs.length === list.length ? inputs : undefined
}

/** Numbers of a vocabulary; at least one. */
const readTokens = (value: unknown): ReadonlyArray<number> | undefined => {
  const list = array(value)
  const tokens = list?.flatMap((item) => {
    const token = integer(item)
    return token === undefined || token < 0 ? [] : [token]
  })
  return tokens?.length && tokens.length === list?.length ? tokens : undefined
}

/** Serves `/v1/embeddings`. */
export const embeddings = embedding(openaiEmbeddings, readEmbeddings)
