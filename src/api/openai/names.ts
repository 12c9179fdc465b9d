/**
 * What each of OpenAI's routes calls the things that the native API has other names for.
 *
 * @module
 */
import type { Path } from "../Fields.ts"
import { paramOf } from "./invalid.ts"

/** The names of one route. */
export interface Names {
  /** The field of the conversation. */
  readonly prompt: "messages" | "prompt" | "input"
  /** Parameters that it calls by another name than the native API, and where they stand. */
  readonly parameters: ReadonlyMap<string | number | undefined, Path>
}

/** Names in chats. */
export const chatNames: Names = { prompt: "messages", parameters: new Map() }

/** Names in completions. */
export const completionNames: Names = { prompt: "prompt", parameters: new Map() }

/** Names in requests for vectors. */
export const embeddingNames: Names = { prompt: "input", parameters: new Map() }

/** Names in requests for a response. */
export const responseNames: Names = {
  prompt: "input",
  parameters: new Map([
    ["max_tokens", ["max_output_tokens"]],
    ["response_format", ["text", "format"]],
    ["reasoning_effort", ["reasoning", "effort"]],
    ["logprobs", ["top_logprobs"]]
  ])
}

/** Where something stands for a client with these names; a path in its own words is that already. */
export const theirs = ({ parameters, prompt }: Names, path: Path): Path => {
  const [first, name, ...rest] = path
  // Only in chats are messages counted as the gateway counts them.
  if (first === "messages") return prompt === "messages" ? path : [prompt]
  const own = first === "parameters" ? parameters.get(name) : undefined
  return own ? [...own, ...rest] : path
}

/** The name of a part that was left out, which came as its native path or in the client's words. */
export const leftOut = (names: Names, part: string): string => {
  if (!/^(?:parameters|messages)\./.test(part)) return part
  const path = part.split(".").map((key) => /^\d+$/.test(key) ? Number(key) : key)
  return paramOf(theirs(names, path)) ?? part
}
