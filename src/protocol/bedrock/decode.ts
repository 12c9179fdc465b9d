/**
 * Reads a whole answer.
 *
 * @module
 */
import type { Delta, Finish } from "../../domain/Delta.ts"
import { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { badResponse } from "../fault.ts"
import { object } from "../json.ts"
import * as Blocks from "./blocks.ts"
import { unreadable } from "./fault.ts"
import { finishReason, stopText } from "./stopReason.ts"
import { toUsage } from "./usage.ts"

/** Reads a whole answer, given as parsed JSON. */
export const decode = (body: unknown): ReadonlyArray<Delta> | UpstreamFault => {
  const answer = object(body)
  const content = object(object(answer?.output)?.message)?.content
  if (!Array.isArray(content)) return badResponse("The provider's answer has no content")
  const out: Array<Delta> = []
  const blocks = Blocks.make()
  for (let index = 0; index < content.length; index++) {
    if (!blocks.whole(index, content[index], out)) return unreadable()
  }
  const usage = toUsage(answer?.usage)
  if (usage) out.push({ _tag: "Usage", usage })
  const finish = finishOf(answer?.stopReason, answer?.additionalModelResponseFields)
  if (finish instanceof UpstreamFault) return finish
  out.push(finish)
  return out
}

/** The end of an answer, by the reason and the model's own fields. */
export const finishOf = (stopReason: unknown, fields: unknown): Finish | UpstreamFault => {
  const reason = finishReason(stopReason)
  if (reason instanceof UpstreamFault) return reason
  const stop = stopReason === "stop_sequence" ? stopText(fields) : undefined
  const finish = { _tag: "Finish", choice: 0, reason } as const
  return stop === undefined ? finish : { ...finish, stop }
}
