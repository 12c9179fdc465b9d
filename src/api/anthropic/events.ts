/**
 * The events of a streamed answer, as Anthropic's clients read them.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import { object } from "../json.ts"
import { namedEvent } from "../SseStream.ts"
import type { Events } from "../Surface.ts"
import * as Blocks from "./Blocks.ts"
import { toError } from "./errors.ts"
import { begin } from "./message.ts"
import { toStop } from "./stop.ts"
import { toUsage } from "./usage.ts"

/** The events of the answer to the request `requestId`. */
export const eventsOf = (requestId: string): Events => {
  const blocks = Blocks.make()
  return {
    open: ({ model, usage }) => {
      const message = begin(requestId, model, usage)
      return event("message_start", { message }) + ping
    },
    delta: blocks.add,
    keepAlive: ping,
    finish: ({ finishes, usage }) => {
      const rest = blocks.end()
      const [end] = finishes
      const delta = toStop({
        reason: end?.reason ?? "stop",
        stop: end?.stop,
        callsTools: blocks.toolCalls() > 0,
        refusal: blocks.refusal()
      })
      const theirs: JsonObject = end?.foreign?.dialect === "anthropic" ? end.foreign.part : {}
      return [
        rest + event("message_delta", {
          ...theirs,
          delta: { ...delta, ...object(theirs.delta) },
          usage: { ...toUsage(usage), ...object(theirs.usage) }
        }),
        event("message_stop")
      ]
    },
    fail: (error) => namedEvent("error", JSON.stringify(toError(error, requestId).body))
  }
}

const event = (type: string, fields: object = {}): string =>
  namedEvent(type, JSON.stringify({ type, ...fields }))

const ping = event("ping")
