/**
 * From the bytes of a streamed reply to deltas, for every dialect alike.
 *
 * @module
 */
import * as Sse from "effect/encoding/Sse"
import type { Delta } from "../domain/Delta.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Dialect, EventReader, Reading } from "./Dialect.ts"

/** The longest event that is read, in UTF-16 units. */
const maxEventSize = 8 * 1024 * 1024
/** How many events that are not JSON an answer may have before it is given up. */
const forgivenEvents = 3

/** Reads the bytes of one streamed reply, split in any way. Synchronous, and made for one reply. */
export interface StreamDecoder {
  /**
   * Reads `bytes` and adds what they tell to `out`. `"end"` says that the answer is whole and that
   * nothing more need be read.
   */
  readonly feed: (bytes: Uint8Array, out: Array<Delta>) => "more" | "end" | UpstreamFault
  /** The reply is over: adds what was held back to `out`, and fails where the answer is not whole. */
  readonly finish: (out: Array<Delta>) => UpstreamFault | undefined
}

/** Reads a streamed reply of a provider that speaks `dialect`. */
export const of = ({ reader }: Dialect): StreamDecoder => make(reader())

/** Reads server-sent events and gives each to `reader`. */
export const make = (reader: EventReader): StreamDecoder => {
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true })
  let state: Exclude<Reading, "malformed"> = "more"
  let malformed = 0
  let sink: Array<Delta> = []
  const parser = Sse.makeParser((event) => {
    if (state !== "more" || event._tag !== "Event") return
    const reading = reader.read(event.event, event.data, sink)
    if (reading !== "malformed") state = reading
    else if (++malformed > forgivenEvents) {
      state = new UpstreamFault({
        class: "stream_cut",
        message: "The provider's stream is garbled"
      })
    }
  }, { maxEventSize })

  const parse = (text: string, out: Array<Delta>) => {
    sink = out
    const tooLarge = parser.feed(text)
    if (tooLarge && state === "more") {
      state = new UpstreamFault({
        class: "too_large",
        message: `The provider sent an event of more than ${maxEventSize} characters`
      })
    }
    return state
  }

  return {
    feed: (bytes, out) =>
      state === "more" ? parse(utf8.decode(bytes, { stream: true }), out) : state,
    finish: (out) => {
      // A last event without its blank line still counts: some servers leave it out.
      if (state === "more") parse(`${utf8.decode()}\n\n`, out)
      if (typeof state !== "string") return state
      if (reader.finish(out) || state === "end") return undefined
      return new UpstreamFault({
        class: "stream_cut",
        message: "The provider's stream ended before the answer was whole"
      })
    }
  }
}
