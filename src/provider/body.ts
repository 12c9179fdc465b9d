/**
 * Reading what a provider sends.
 *
 * @module
 */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Channel from "effect/Channel"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Delta } from "../domain/Delta.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { StreamDecoder } from "../protocol/StreamDecoder.ts"
import { bodyFault } from "./networkFault.ts"

/** Reads piece by piece. A piece is only valid until the next is read: its memory is used again. */
interface Source {
  /** Gives the next piece, or `undefined` at the end. */
  readonly read: (
    give: (piece: Uint8Array | undefined) => void,
    fail: (cause: unknown) => void
  ) => void
  readonly cancel: () => void
}

/** The size of the one buffer that a body is read through, in bytes. */
const bufferSize = 8192

/**
 * Reads through one buffer again and again: a default reader allocates 64 KiB for each read, which
 * is half the cost of a streamed event. Bodies that are not byte streams are read the plain way.
 */
const open = (body: ReadableStream<Uint8Array>): Source => {
  const byob = Result.try(() => body.getReader({ mode: "byob" }))
  if (Result.isFailure(byob)) {
    const reader = body.getReader()
    return {
      read: (give, fail) => void reader.read().then(({ value }) => give(value), fail),
      cancel: () => void reader.cancel().catch(ignore)
    }
  }
  const reader = byob.success
  let buffer = new ArrayBuffer(bufferSize)
  return {
    read: (give, fail) =>
      void reader.read(new Uint8Array(buffer)).then(({ done, value }) => {
        if (done || value === undefined) return give(undefined)
        buffer = value.buffer
        give(value)
      }, fail),
    cancel: () => void reader.cancel().catch(ignore)
  }
}

/** A body that broke before it was given up is over all the same. */
const ignore = (): void => {}

/**
 * The next piece; `undefined` at the end, a fault where the body broke. Nothing is done with a piece
 * in the promise's own callback: a bug there would be nobody's, and the call would never end.
 */
const next = (
  source: Source,
  broken: (cause: unknown) => UpstreamFault
): Effect.Effect<Uint8Array | undefined | UpstreamFault> =>
  Effect.callback((resume) => {
    source.read(
      (piece) => resume(Exit.succeed(piece)),
      (cause) => resume(Exit.succeed(broken(cause)))
    )
  })

/**
 * The deltas of a streamed reply, as they come: one asynchronous hop for each read, and no copy of
 * the bytes. Leaving the stream hangs up, and so do more than `most` bytes that say nothing.
 */
export const deltas = (
  body: ReadableStream<Uint8Array>,
  decoder: StreamDecoder,
  most = mostSilent
): Stream.Stream<Delta, UpstreamFault> =>
  Stream.fromChannel(Channel.fromTransform((_, scope) =>
    Effect.suspend(() => {
      const source = open(body)
      const read = next(source, brokenStream)
      let state: "open" | "over" | UpstreamFault = "open"
      /** So many bytes said nothing: a dialect may hold them until they do. */
      let silent = 0

      /** Gives what there is; the fault or the end that came with it is told at the next pull. */
      const pull: Pulled = Effect.suspend(() =>
        state === "open"
          ? Effect.flatMap(read, take)
          : state === "over"
          ? Cause.done()
          : Effect.fail(state)
      )

      const take = (piece: Uint8Array | undefined | UpstreamFault): Pulled => {
        const out: Array<Delta> = []
        if (piece instanceof UpstreamFault) state = piece
        else {
          const fed = piece === undefined ? "end" : decoder.feed(piece, out)
          if (fed === "end") state = decoder.finish(out) ?? "over"
          else if (fed !== "more") state = fed
          else if (piece && out.length === 0) {
            silent += piece.byteLength
            if (silent > most) state = tooMuch(most)
          }
        }
        return Arr.isArrayNonEmpty(out) ? Effect.succeed(out) : pull
      }

      return Effect.as(Scope.addFinalizer(scope, Effect.sync(source.cancel)), pull)
    })
  ))

/** What may come without saying anything, in bytes: more than the longest thing that is held. */
const mostSilent = 32 * 1024 * 1024

/** Some deltas, or the end. */
type Pulled = Effect.Effect<Arr.NonEmptyReadonlyArray<Delta>, UpstreamFault | Cause.Done>

const brokenStream = (cause: unknown): UpstreamFault => bodyFault(cause, "stream_cut")

/** The text of a body of at most `limit` bytes; hangs up where there is more. */
export const text = (response: Response, limit: number): Effect.Effect<string, UpstreamFault> => {
  const length = response.headers.get("content-length")
  // A known length is kept to by HTTP itself, and a small body comes in one piece.
  return length !== null && Number(length) <= Math.min(limit, smallBody)
    ? Effect.tryPromise({ try: () => response.text(), catch: brokenText })
    : Effect.suspend(() => {
      const utf8 = new TextDecoder()
      let taken = ""
      const take = (piece: Uint8Array): void => void (taken += utf8.decode(piece, { stream: true }))
      return Effect.map(measured(response, limit, take), () => taken + utf8.decode())
    })
}

/** All deltas of a streamed reply of at most `limit` bytes; hangs up where there is more. */
export const replayed = (
  response: Response,
  limit: number,
  decoder: StreamDecoder
): Effect.Effect<ReadonlyArray<Delta>, UpstreamFault> =>
  Effect.suspend(() => {
    const out: Array<Delta> = []
    return Effect.flatMap(
      measured(response, limit, (piece) => void decoder.feed(piece, out)),
      () => {
        const fault = decoder.finish(out)
        return fault ? Effect.fail(fault) : Effect.succeed(out)
      }
    )
  })

/** What is read in one piece where its length is known, in bytes. */
const smallBody = 256 * 1024

/** Half of a text is as good as none. */
const brokenText = (cause: unknown): UpstreamFault => bodyFault(cause, "bad_response")

/** Gives each piece of a body to `take`, as long as there are no more than `limit` bytes. */
const measured = (
  { body }: Response,
  limit: number,
  take: (piece: Uint8Array) => void
): Effect.Effect<void, UpstreamFault> => {
  if (!body) return Effect.void
  const source = open(body)
  return Effect.ensuring(drained(source, limit, take), Effect.sync(source.cancel))
}

const drained = Effect.fnUntraced(function* (
  source: Source,
  limit: number,
  take: (piece: Uint8Array) => void
) {
  const read = next(source, brokenText)
  let size = 0
  while (true) {
    const piece = yield* read
    if (piece === undefined) return
    if (piece instanceof UpstreamFault) return yield* piece
    size += piece.byteLength
    if (size > limit) {
      return yield* tooMuch(limit)
    }
    take(piece)
  }
})

const tooMuch = (limit: number): UpstreamFault => {
  const message = `The provider's answer is larger than ${limit} bytes`
  return new UpstreamFault({ class: "too_large", message })
}
