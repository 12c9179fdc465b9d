/**
 * Why Anthropic says that an answer ended.
 *
 * @module
 */
import type { Finish } from "../../domain/Delta.ts"
import type { FinishReason } from "../../domain/FinishReason.ts"
import { string } from "../json.ts"
import type { Seen } from "./blocks.ts"

const reasons = new Map<string, FinishReason>([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["pause_turn", "stop"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_use", "tool_calls"],
  ["refusal", "content_filter"]
])

/** `stopReason` in our words: `stop` for one that we do not know, absent where there is none. */
export const finishReason = (stopReason: unknown): FinishReason | undefined => {
  const reason = string(stopReason)
  return reason ? reasons.get(reason) ?? "stop" : undefined
}

/**
 * The same for an answer that is known to be over. Servers that imitate Anthropic may give no reason;
 * then there must at least be content.
 */
export const lastReason = (stopReason: unknown, seen: Seen): FinishReason | undefined => {
  const reason = finishReason(stopReason)
  if (reason !== undefined || seen.blocks === 0) return reason
  return seen.toolCalls > 0 ? "tool_calls" : "stop"
}

/** The end of an answer, and the stop text that it met where `stopSequence` is one. */
export const ended = (reason: FinishReason, stopSequence: unknown): Finish => {
  const stop = string(stopSequence)
  const finish: Finish = { _tag: "Finish", choice: 0, reason }
  return stop ? { ...finish, stop } : finish
}
