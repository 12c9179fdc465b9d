/**
 * Why an answer ended, as providers of this dialect say it.
 *
 * @module
 */
import { type FinishReason, finishReasons } from "../../domain/FinishReason.ts"

/** Each reason's spellings: OpenAI's, and those of servers that pass their own through. */
const spellings = new Map<string, FinishReason>([
  ...finishReasons.map((reason) => [reason, reason] as const),
  ["function_call", "tool_calls"],
  ["max_tokens", "length"],
  ["model_length", "length"],
  ["safety", "content_filter"],
  ["recitation", "content_filter"],
  ["blocklist", "content_filter"],
  ["prohibited_content", "content_filter"],
  ["spii", "content_filter"],
  ["sensitive", "content_filter"]
])

/** The reason that `spelling` means; what is unknown or absent means that the model was done. */
export const finishReason = (spelling: string | undefined, hasToolCalls: boolean): FinishReason =>
  (spelling && spellings.get(spelling.toLowerCase())) || (hasToolCalls ? "tool_calls" : "stop")

/** Reasons that say that the provider gave up, and the error each stands for: what came is no answer. */
export const brokenReasons: ReadonlyMap<string, string> = new Map([
  ["error", "server_error"],
  ["network_error", "server_error"],
  ["insufficient_system_resource", "overloaded_error"]
])
