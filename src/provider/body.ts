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
 * The deltas of a streamed reply, as they come: one asynchronous hop for each read, and no copy of
 * the bytes. Leaving the stream hangs up.
 */
export const deltas = (
  body: ReadableStream<Uint8Array>,
  decoder: StreamDecoder
): Stream.Stream<Delta, UpstreamFault> =>
  Stream.fromChannel(Channel.fromTransform((_, scope) =>
    Effect.suspend(() => {
      const source = open(body)
      let state: "open" | "over" | UpstreamFault = "open"
      let out: Array<Delta> = []

      type Resume = (
        effect: Effect.Effect<readonly [Delta, ...Array<Delta>], UpstreamFault | Cause.Done>
      ) => void

      /** Gives what there is; the fault or the end that came with it is told at the next pull. */
      const give = (resume: Resume): void => {
        const ready = out
        if (Arr.isArrayNonEmpty(ready)) {
          out = []
          resume(Exit.succeed(ready))
        } else if (state === "open") read(resume)
        else resume(state === "over" ? Cause.done() : Effect.fail(state))
      }

      const read = (resume: Resume): void =>
        source.read((piece) => {
          const fed = piece === undefined ? "end" : decoder.feed(piece, out)
          if (fed === "end") state = decoder.finish(out) ?? "over"
          else if (fed !== "more") state = fed
          give(resume)
        }, (cause) => {
          state = bodyFault(cause, "stream_cut")
          give(resume)
        })

      return Effect.as(
        Scope.addFinalizer(scope, Effect.sync(source.cancel)),
        Effect.callback(give)
      )
    })
  ))

/** The text of a body of at most `limit` bytes; hangs up where there is more. */
export const text = (response: Response, limit: number): Effect.Effect<string, UpstreamFault> => {
  const length = response.headers.get("content-length")
  // A known length is kept to by HTTP itself, and a small body comes in one piece.
  return length !== null && Number(length) <= Math.min(limit, smallBody)
    ? Effect.tryPromise({ try: () => response.text(), catch: brokenText })
    : measured(response, limit)
}

/** What is read in one piece where its length is known, in bytes. */
const smallBody = 256 * 1024

/** Half of a text is as good as none. */
const brokenText = (cause: unknown): UpstreamFault => bodyFault(cause, "bad_response")

const measured = (response: Response, limit: number): Effect.Effect<string, UpstreamFault> =>
  Effect.callback((resume) => {
    if (!response.body) return resume(Effect.succeed(""))
    const source = open(response.body)
    const utf8 = new TextDecoder()
    let taken = ""
    let size = 0
    const read = (): void =>
      source.read((piece) => {
        if (piece === undefined) return resume(Effect.succeed(taken + utf8.decode()))
        size += piece.byteLength
        if (size <= limit) {
          taken += utf8.decode(piece, { stream: true })
          return read()
        }
        source.cancel()
        const message = `The provider's answer is larger than ${limit} bytes`
        resume(Effect.fail(new UpstreamFault({ class: "too_large", message })))
      }, (cause) => resume(Effect.fail(brokenText(cause))))
    read()
    return Effect.sync(source.cancel)
  })
