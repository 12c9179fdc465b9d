/**
 * Why Gemini stopped.
 *
 * @module
 */
import type { FinishReason } from "../../domain/FinishReason.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { badResponse } from "../fault.ts"

const reasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ["STOP", "stop"],
  ["MAX_TOKENS", "length"],
  ["CONTINUATION", "length"]
])

/** With these Gemini threw away what the model wrote: another try may well succeed. */
const failures: ReadonlySet<string> = new Set([
  "MALFORMED_FUNCTION_CALL",
  "MALFORMED_RESPONSE",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MISSING_THOUGHT_SIGNATURE"
])

/**
 * What `reason` means. Besides the filters, of which there are many, also a reason that is not told
 * (`OTHER`) or not known to us is taken for one: the rest of the answer is withheld, and the client
 * must not take it for whole. Absent where no reason is given yet.
 */
export const finishReason = (reason: unknown): FinishReason | UpstreamFault | undefined => {
  if (typeof reason !== "string" || reason === "" || reason === "FINISH_REASON_UNSPECIFIED") {
    return undefined
  }
  if (failures.has(reason)) return badResponse(`The provider gave up on the answer: ${reason}`)
  return reasons.get(reason) ?? "content_filter"
}
