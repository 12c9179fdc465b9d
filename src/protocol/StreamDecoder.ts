/**
 * From the bytes of a streamed reply to deltas, for every dialect alike.
 *
 * @module
 */
import type { Delta } from "../domain/Delta.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Dialect, EventReader, Reading } from "./Dialect.ts"
import { messages } from "./eventstream/messages.ts"
import { events } from "./sse.ts"

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

/** Takes bytes apart into events, and gives each to whom it was made for. */
export interface Frames {
  /** Bytes that came; a fault where they cannot be taken apart. */
  readonly feed: (bytes: Uint8Array) => UpstreamFault | undefined
  /** No more bytes come. */
  readonly finish: () => void
}

/** Starts to take bytes apart: `give` is told each event's name and its data. */
export type Framer = (give: (event: string, data: string) => void) => Frames

/** Reads a streamed reply of a provider that speaks `dialect`. */
export const of = ({ reader, framing }: Dialect): StreamDecoder =>
  make(reader(), framing === "eventstream" ? messages : events)

/** Gives each event to `reader`. Default: server-sent events. */
export const make = (reader: EventReader, framer: Framer = events): StreamDecoder => {
  let state: Exclude<Reading, "malformed"> = "more"
  let malformed = 0
  let sink: Array<Delta> = []
  const frames = framer((event, data) => {
    if (state !== "more") return
    const reading = reader.read(event, data, sink)
    if (reading !== "malformed") state = reading
    else if (++malformed > forgivenEvents) {
      state = new UpstreamFault({
        class: "stream_cut",
        message: "The provider's stream is garbled"
      })
    }
  })

  return {
    feed: (bytes, out) => {
      if (state !== "more") return state
      sink = out
      const fault = frames.feed(bytes)
      if (fault && state === "more") state = fault
      return state
    },
    finish: (out) => {
      sink = out
      if (state === "more") frames.finish()
      if (typeof state !== "string") return state
      if (reader.finish(out) || state === "end") return undefined
      return new UpstreamFault({
        class: "stream_cut",
        message: "The provider's stream ended before the answer was whole"
      })
    }
  }
}
