/**
 * Reads a whole answer.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { badResponse } from "../fault.ts"
import { object } from "../json.ts"
import * as Blocks from "./blocks.ts"
import { faultOf, isError, unreadable } from "./fault.ts"
import { ended, lastReason } from "./stopReason.ts"
import { counts } from "./usage.ts"

/** Reads a whole answer, given as parsed JSON. */
export const decode = (body: unknown): ReadonlyArray<Delta> | UpstreamFault => {
  if (isError(body)) return faultOf(body)
  const message = object(body)
  const content = message?.content
  if (message === undefined || !Array.isArray(content)) {
    return badResponse("The provider's answer has no content")
  }
  const out: Array<Delta> = []
  const blocks = Blocks.make()
  for (let index = 0; index < content.length; index++) {
    if (!blocks.start(index, content[index], out)) return unreadable()
    blocks.stop(index, out)
  }
  const tokens = counts()
  tokens.report(message.usage)
  const usage = tokens.usage()
  if (usage) out.push({ _tag: "Usage", usage })
  const reason = lastReason(message.stop_reason, blocks.seen())
  if (reason === undefined) return badResponse("The provider's answer is empty")
  const { stop_reason, stop_sequence, stop_details, container, usage: counted } = message
  out.push(ended(reason, {
    delta: { stop_reason, stop_sequence, stop_details, container },
    usage: { server_tool_use: object(counted)?.server_tool_use }
  }))
  return out
}
