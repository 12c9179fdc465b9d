/**
 * Why Anthropic says that an answer ended.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { Finish } from "../../domain/Delta.ts"
import type { FinishReason } from "../../domain/FinishReason.ts"
import { besides } from "../foreign.ts"
import { type Fields, object, string } from "../json.ts"
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

/** The end of an answer, as the fields of a `message_delta` tell it. */
export const ended = (reason: FinishReason, event: Fields): Finish => {
  const stop = string(object(event.delta)?.stop_sequence)
  const part = beyond(event)
  return {
    _tag: "Finish",
    choice: 0,
    reason,
    ...(stop ? { stop } : {}),
    ...(part ? { foreign: { dialect: "anthropic", part } } : {})
  }
}

/** Those that say no more than ours do. */
const plain = new Set(["end_turn", "stop_sequence", "max_tokens", "tool_use", "refusal"])

/** What the end says that we have no words for, in its own shape. */
const beyond = (event: Fields): JsonObject | undefined => {
  const said = object(event.delta)
  const reason = string(said?.stop_reason)
  const delta = besides(said, !reason || plain.has(reason) ? known.plainDelta : known.delta)
  const usage = besides(object(event.usage), known.usage)
  const others = besides(event, known.event)
  if (!delta && !usage && !others) return undefined
  return { ...others, ...(delta ? { delta } : {}), ...(usage ? { usage } : {}) }
}

const known = {
  event: new Set(["type", "delta", "usage"]),
  delta: new Set(["stop_sequence"]),
  plainDelta: new Set(["stop_sequence", "stop_reason"]),
  usage: new Set([
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "output_tokens_details"
  ])
}
