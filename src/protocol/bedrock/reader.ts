/**
 * Reads a streamed answer.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import { UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { EventReader, Reading } from "../Dialect.ts"
import { exception } from "../eventstream/messages.ts"
import { index, object, parse } from "../json.ts"
import * as Blocks from "./blocks.ts"
import { finishOf } from "./decode.ts"
import { faultOf } from "./fault.ts"
import { toUsage } from "./usage.ts"

/** Starts to read one streamed answer. */
export const reader = (): EventReader => {
  const blocks = Blocks.make()
  let finished = false
  let counted = false

  /** The tokens are told behind the end of the message; by some models before it. */
  const reading = (): Reading => finished && counted ? "end" : "more"

  const read = (event: string, data: string, out: Array<Delta>): Reading => {
    const fields = object(parse(data))
    if (event.startsWith(exception)) return faultOf(event.slice(exception.length), fields)
    if (fields === undefined) return "malformed"
    switch (event) {
      case "metadata": {
        const usage = toUsage(fields.usage)
        if (usage) out.push({ _tag: "Usage", usage })
        counted = true
        return reading()
      }
      case "messageStop": {
        if (finished) return reading()
        const finish = finishOf(fields.stopReason, fields.additionalModelResponseFields)
        if (finish instanceof UpstreamFault) return finish
        finished = true
        blocks.stopAll(out)
        out.push(finish)
        return reading()
      }
    }
    // Nothing is added to an answer that has finished, nor to a block without a place.
    const at = finished ? undefined : index(fields.contentBlockIndex)
    if (at === undefined) return "more"
    switch (event) {
      case "contentBlockDelta":
        blocks.more(at, fields.delta, out)
        break
      case "contentBlockStart":
        blocks.start(at, fields.start, out)
        break
      case "contentBlockStop":
        blocks.stop(at, out)
    }
    return "more"
  }

  return { read, finish: () => finished }
}
