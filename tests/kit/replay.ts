/**
 * Replies as providers send them, and what a dialect makes of them.
 *
 * @module
 */
import type { Delta } from "../../src/domain/Delta.ts"
import type { UpstreamFault } from "../../src/domain/UpstreamFault.ts"
import type { Dialect } from "../../src/protocol/Dialect.ts"
import * as StreamDecoder from "../../src/protocol/StreamDecoder.ts"

/** What a streamed reply was read as, and the fault it ended in, if any. */
export interface Replayed {
  readonly deltas: ReadonlyArray<Delta>
  readonly fault: UpstreamFault | undefined
}

/** Has `dialect` read a streamed reply that arrives in `pieces`. */
export const replay = (dialect: Dialect, pieces: Iterable<Uint8Array>): Replayed => {
  const decoder = StreamDecoder.of(dialect)
  const deltas: Array<Delta> = []
  for (const piece of pieces) {
    const state = decoder.feed(piece, deltas)
    if (state === "end") break
    if (state !== "more") return { deltas, fault: state }
  }
  return { deltas, fault: decoder.finish(deltas) }
}

/** `bytes` in pieces of `size`. */
export const split = function* (bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** `text` in UTF-8. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Events as OpenAI and Gemini frame them: `data:` lines only. Strings stand as they are. */
export const dataEvents = (...events: ReadonlyArray<unknown>): string =>
  events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`)
    .join("")

/** Events as Anthropic frames them: each is named for its type. */
export const namedEvents = (...events: ReadonlyArray<{ readonly type: string }>): string =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("")

/** The folder of recorded payloads, where it is there; CI has it. */
export const wireFolder = new URL("../../../shared/wire/", import.meta.url)
