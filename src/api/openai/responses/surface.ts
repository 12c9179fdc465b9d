/**
 * How clients of the Responses API are told what is wrong: in the names that they have for it.
 *
 * @module
 */
import { GatewayError, type Issue } from "../../../domain/GatewayError.ts"
import type { Surface } from "../../Surface.ts"
import { openai } from "../surface.ts"

/** OpenAI's surface, as clients of its Responses API know it. */
export const responses: Surface = {
  ...openai,
  failure: (error, requestId, headers) => openai.failure(renamed(error), requestId, headers)
}

const renamed = (error: GatewayError): GatewayError => {
  const { reason } = error
  if (reason._tag !== "InvalidRequest" || reason.issues.length === 0) return error
  const issues = reason.issues.map(({ path, message }) => ({ path: ownPath(path), message }))
  return new GatewayError({ reason: { ...reason, issues } })
}

/** What our own API calls by another name. */
const names: ReadonlyMap<string | number | undefined, Issue["path"]> = new Map([
  ["max_tokens", ["max_output_tokens"]],
  ["response_format", ["text", "format"]],
  ["reasoning_effort", ["reasoning", "effort"]],
  ["logprobs", ["top_logprobs"]]
])

const ownPath = (path: Issue["path"]): Issue["path"] => {
  const [first, name, ...rest] = path
  // Messages are not counted as items are.
  if (first === "messages") return ["input"]
  const own = first === "parameters" ? names.get(name) : undefined
  return own ? [...own, ...rest] : path
}
