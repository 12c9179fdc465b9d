/**
 * How to answer, as clients of the Responses API say it.
 *
 * @module
 */
import type {
  JsonObject,
  Parameters,
  ReasoningEffort,
  ResponseFormat
} from "../../../domain/Completion.ts"
import type { Issue } from "../../../domain/GatewayError.ts"
import * as Fields from "../../Fields.ts"
import { array, boolean, object, string } from "../../json.ts"
import { expectedTokens, metadata, tokens } from "../parameters.ts"

/**
 * What a request says of the answer that it wants, but for tools; what is wrong with it is added to
 * `issues`.
 */
export const readParameters = (body: JsonObject, issues: Array<Issue>): Parameters => {
  const fields = Fields.make(body, issues)
  const { optional } = fields
  return {
    temperature: optional("temperature", Fields.between(0, 2), "a number from 0 to 2"),
    topP: optional("top_p", Fields.between(0, 1), "a number from 0 to 1"),
    maxTokens: optional("max_output_tokens", tokens, expectedTokens),
    responseFormat: readFormat(fields, issues),
    logprobs: readLogprobs(fields),
    reasoningEffort: readEffort(fields, issues),
    user: optional("safety_identifier", user, expectedUser) ?? optional("user", user, expectedUser),
    metadata: optional("metadata", metadata.read, metadata.expected)
  }
}

const readFormat = (
  { optional }: Fields.Fields,
  issues: Array<Issue>
): ResponseFormat | undefined => {
  const text = optional("text", object, "an object")
  const format = text && Fields.make(text, issues, ["text"]).optional("format", object, "an object")
  if (format === undefined) return undefined
  const fields = Fields.make(format, issues, ["text", "format"])
  const type = fields.required("type", formats, '"text", "json_object" or "json_schema"')
  if (type !== "json_schema") return type && { type }
  return {
    type,
    name: fields.required("name", Fields.textUpTo(64), "a name of 1 to 64 characters") ?? "",
    description: fields.optional("description", string, "a text"),
    schema: fields.required("schema", object, "a JSON Schema") ?? {},
    strict: fields.optional("strict", boolean, "true or false")
  }
}

const formats = Fields.oneOf("text", "json_object", "json_schema")

/** It is told where a request includes it, or says of how many tokens it wants to know. */
const readLogprobs = ({ optional }: Fields.Fields): number | undefined => {
  const top = optional("top_logprobs", Fields.wholeBetween(0, 20), "a whole number from 0 to 20")
  const included = optional("include", array, "an array of texts")
  return included?.includes("message.output_text.logprobs") || top ? top ?? 0 : undefined
}

const readEffort = (
  { optional }: Fields.Fields,
  issues: Array<Issue>
): ReasoningEffort | undefined => {
  const reasoning = optional("reasoning", object, "an object")
  return reasoning && Fields.make(reasoning, issues, ["reasoning"])
    .optional("effort", (value) => efforts.get(value), expectedEffort)
}

const efforts: ReadonlyMap<unknown, ReasoningEffort> = new Map([
  ["none", "none"],
  ["minimal", "minimal"],
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "xhigh"],
  // A few of OpenAI's own models go further than anybody else has a word for.
  ["max", "xhigh"]
])
const expectedEffort = `one of ${Array.from(efforts.keys(), (word) => `"${word}"`).join(", ")}`

const user = Fields.textUpTo(512)
const expectedUser = "a text of 1 to 512 characters"
