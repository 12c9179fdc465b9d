/**
 * Reads a streamed answer.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import type { FinishReason } from "../../domain/FinishReason.ts"
import type { EventReader, Reading } from "../Dialect.ts"
import { badResponse } from "../fault.ts"
import { type Fields, index, object, parse } from "../json.ts"
import * as Blocks from "./blocks.ts"
import { faultOf, isError, unreadable } from "./fault.ts"
import { ended, finishReason, lastReason } from "./stopReason.ts"
import { counts } from "./usage.ts"

/** Starts to read one streamed answer. */
export const reader = (): EventReader => {
  const blocks = Blocks.make()
  const tokens = counts()
  let started = false
  let finished = false

  const report = (counted: unknown, out: Array<Delta>): void => {
    tokens.report(counted)
    const usage = tokens.usage()
    if (usage) out.push({ _tag: "Usage", usage })
  }

  const finish = (reason: FinishReason | undefined, event: Fields, out: Array<Delta>): void => {
    if (finished || reason === undefined) return
    finished = true
    blocks.stopAll(out)
    out.push(ended(reason, event))
  }

  /** Nothing is added to an answer that has finished, nor to a block without a place. */
  const place = (value: unknown): number | undefined => finished ? undefined : index(value)

  /** By the JSON's own type: the name of the event says the same, where it is there at all. */
  const read = (_event: string, data: string, out: Array<Delta>): Reading => {
    const event = object(parse(data))
    if (event === undefined) return "malformed"
    switch (event.type) {
      case "content_block_delta": {
        const at = place(event.index)
        if (at !== undefined) blocks.more(at, event.delta, out)
        return "more"
      }
      case "content_block_start": {
        const at = place(event.index)
        return at === undefined || blocks.start(at, event.content_block, out)
          ? "more"
          : unreadable()
      }
      case "content_block_stop": {
        const at = place(event.index)
        if (at !== undefined) blocks.stop(at, out)
        return "more"
      }
      case "message_start":
        if (!started) report(object(event.message)?.usage, out)
        started = true
        return "more"
      case "message_delta": {
        report(event.usage, out)
        finish(finishReason(object(event.delta)?.stop_reason), event, out)
        return "more"
      }
      case "message_stop":
        finish(lastReason(undefined, blocks.seen()), {}, out)
        return finished ? "end" : badResponse("The provider's answer is empty")
      default:
        return isError(event) ? faultOf(event) : "more"
    }
  }

  return { read, finish: () => finished }
}
