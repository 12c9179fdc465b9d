/**
 * A whole answer in Cohere's words.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { badResponse } from "../fault.ts"
import { array, object, string } from "../json.ts"
import { say } from "./content.ts"
import { finishReason } from "./finishReason.ts"
import * as ToolCalls from "./toolCalls.ts"
import { readUsage } from "./usage.ts"

/** Reads a whole answer, given as parsed JSON. */
export const decode = (body: unknown): ReadonlyArray<Delta> | UpstreamFault => {
  const answer = object(body)
  const message = object(answer?.message)
  if (message === undefined) return badResponse("The provider's answer has no message")
  if (string(answer?.finish_reason) === undefined) {
    return badResponse("The provider's answer is not whole")
  }
  const out: Array<Delta> = []
  say("Reasoning", message.tool_plan, out)
  say("Text", message.content, out)
  for (const part of array(message.content)) {
    const content = object(part)
    say("Reasoning", content?.thinking, out)
    say("Text", content?.text, out)
  }
  const calls = ToolCalls.make()
  for (const call of array(message.tool_calls)) calls.start(undefined, call, out)
  calls.finish(out)
  const usage = readUsage(answer?.usage)
  if (usage) out.push({ _tag: "Usage", usage })
  const reason = finishReason(answer?.finish_reason, answer?.error, !calls.isEmpty())
  if (reason instanceof UpstreamFault) return reason
  out.push({ _tag: "Finish", choice: 0, reason })
  return out
}
