/**
 * Why an answer ended, in Anthropic's words.
 *
 * @module
 */
import type { FinishReason } from "../../domain/FinishReason.ts"

/** How an answer ended. */
export interface Ended {
  readonly reason: FinishReason
  /** The stop text that it met. */
  readonly stop: string | undefined
  readonly callsTools: boolean
  /** The sentence by which the model refused; empty where it did not. */
  readonly refusal: string
}

/** Why it ended. */
export const toStop = ({ reason, stop, callsTools, refusal }: Ended) => {
  const isRefused = reason === "content_filter" || refusal !== ""
  const stop_details = isRefused
    ? { type: "refusal", category: null, explanation: refusal === "" ? null : refusal }
    : null
  if (isRefused) return { stop_reason: "refusal", stop_sequence: null, stop_details }
  if (reason === "length") return { stop_reason: "max_tokens", stop_sequence: null, stop_details }
  // Some providers only say that it is over: an agent would not run the tools then.
  if (callsTools) return { stop_reason: "tool_use", stop_sequence: null, stop_details }
  return stop === undefined
    ? { stop_reason: "end_turn", stop_sequence: null, stop_details }
    : { stop_reason: "stop_sequence", stop_sequence: stop, stop_details }
}
