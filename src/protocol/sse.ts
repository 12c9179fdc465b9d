/**
 * Server-sent events.
 *
 * @module
 */
import * as Sse from "effect/encoding/Sse"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Framer } from "./StreamDecoder.ts"

/** The longest event that is read, in UTF-16 units. */
const maxEventSize = 8 * 1024 * 1024

/** Takes bytes apart into server-sent events. */
export const events: Framer = (give) => {
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true })
  const parser = Sse.makeParser((event) => {
    if (event._tag === "Event") give(event.event, event.data)
  }, { maxEventSize })
  return {
    feed: (bytes) =>
      parser.feed(utf8.decode(bytes, { stream: true }))
        ? new UpstreamFault({
          class: "too_large",
          message: `The provider sent an event of more than ${maxEventSize} characters`
        })
        : undefined,
    // A last event without its blank line still counts: some servers leave it out.
    finish: () => void parser.feed(`${utf8.decode()}\n\n`)
  }
}
