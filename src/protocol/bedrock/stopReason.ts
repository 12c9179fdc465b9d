/**
 * Why Bedrock says that an answer ended.
 *
 * @module
 */
import type { FinishReason } from "../../domain/FinishReason.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { badResponse } from "../fault.ts"
import { object, string } from "../json.ts"

const reasons = new Map<string, FinishReason>([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["tool_use", "tool_calls"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["guardrail_intervened", "content_filter"],
  ["content_filtered", "content_filter"]
])

/**
 * `stopReason` in our words: `stop` for one that we do not know, and a fault for one that says that
 * what the model wrote is no answer; another try may well succeed.
 */
export const finishReason = (stopReason: unknown): FinishReason | UpstreamFault => {
  const reason = string(stopReason)
  if (!reason) return badResponse("The provider's answer does not say why it ended")
  if (reason.startsWith("malformed_")) {
    return badResponse(`The provider gave up on the answer: ${reason}`)
  }
  return reasons.get(reason) ?? "stop"
}

/** The stop text that Claude met, in the fields of its own; absent where it says none. */
export const stopText = (fields: unknown): string | undefined => {
  const own = object(fields)
  return string(own?.stop_sequence) ?? string(object(own?.delta)?.stop_sequence)
}
