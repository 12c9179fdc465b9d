/**
 * Why an answer ended, in Cohere's words.
 *
 * @module
 */
import type { FinishReason } from "../../domain/FinishReason.ts"
import { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { scrub } from "../fault.ts"
import { string } from "../json.ts"

/** Why an answer ended; a fault where it was not to end there. `error` is what is told of that. */
export const finishReason = (
  reason: unknown,
  error: unknown,
  hasToolCalls: boolean
): FinishReason | UpstreamFault => {
  const word = string(reason) ?? ""
  if (broken.has(word)) {
    const said = scrub(string(error) ?? "")
    return new UpstreamFault({
      class: "server",
      message: `The provider gave up the answer${said && `: ${said}`}`
    })
  }
  const known = reasons.get(word)
  return (known === undefined || known === "stop") && hasToolCalls ? "tool_calls" : known ?? "stop"
}

const reasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ["COMPLETE", "stop"],
  ["STOP_SEQUENCE", "stop"],
  ["MAX_TOKENS", "length"],
  ["ERROR_LIMIT", "length"],
  ["TOOL_CALL", "tool_calls"],
  ["ERROR_TOXIC", "content_filter"]
])

const broken: ReadonlySet<string> = new Set(["ERROR", "TIMEOUT", "USER_CANCEL"])
