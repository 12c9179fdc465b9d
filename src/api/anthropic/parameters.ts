/**
 * How to answer, as Anthropic's clients say it.
 *
 * @module
 */
import type { JsonObject, Parameters } from "../../domain/Completion.ts"
import { between, type Fields, type Read, wholeBetween } from "../Fields.ts"
import { array, boolean, object, string } from "../json.ts"
import { anthropicOnly, type Findings } from "./Findings.ts"
import { readThinking } from "./thinking.ts"
import { readToolChoice, readTools } from "./tools.ts"

/** How to answer. */
export const readParameters = (
  body: JsonObject,
  { optional }: Fields,
  findings: Findings
): Parameters => {
  for (const key of elsewhere) {
    const value = body[key]
    const isEmpty = array(value)?.length === 0
    if (value !== undefined && value !== null && !isEmpty) anthropicOnly(findings, [key], key)
  }
  optional("stream", boolean, "true or false")
  return {
    temperature: optional("temperature", between(0, 1), "a number from 0 to 1"),
    topP: optional("top_p", between(0, 1), "a number from 0 to 1"),
    topK: optional("top_k", wholeBetween(0, 1_000_000), "a whole number from 0"),
    maxTokens: optional("max_tokens", maxTokens, expectedTokens),
    stop: optional("stop_sequences", texts, "an array of texts"),
    tools: readTools(body, findings),
    ...readToolChoice(body, findings),
    ...readThinking(body, findings),
    user: optional("metadata", object, "an object") && user(body)
  }
}

/** What would be done, or promised, by Anthropic itself. */
const elsewhere = ["mcp_servers", "container", "inference_geo"]

/** Reads a budget for the answer. */
export const maxTokens: Read<number> = wholeBetween(1, 10_000_000)
/** What a budget is. */
export const expectedTokens = "a whole number from 1"

const texts: Read<ReadonlyArray<string>> = (value) => {
  const all = array(value)
  const read = all?.filter((text) => typeof text === "string")
  return read?.length === all?.length ? read?.filter((text) => text !== "") : undefined
}

/** A longer label is refused by OpenAI and others; those of Claude Code are. */
const longestUser = 64

const user = ({ metadata }: JsonObject): string | undefined => {
  const id = string(object(metadata)?.user_id)
  return id && id.length <= longestUser ? id : undefined
}
