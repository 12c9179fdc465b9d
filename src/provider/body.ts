/**
 * Reading what a provider streams.
 *
 * @module
 */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Channel from "effect/Channel"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Delta } from "../domain/Delta.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Source } from "../http/HttpResponse.ts"
import type { StreamDecoder } from "../protocol/StreamDecoder.ts"
import { bodyFault } from "./networkFault.ts"
import { open, type Unread } from "./source.ts"

/**
 * The next piece; `undefined` at the end, a fault where the body broke. Nothing is done with a piece
 * in the promise's own callback: a bug there would be nobody's, and the call would never end.
 */
const next = (source: Source): Effect.Effect<Uint8Array | undefined | UpstreamFault> =>
  Effect.callback((resume) => {
    source.read(
      (piece) => resume(Exit.succeed(piece)),
      (cause) => resume(Exit.succeed(brokenStream(cause)))
    )
  })

/**
 * The deltas of a streamed reply, as they come: one asynchronous hop for each read, and no copy of
 * the bytes. Leaving the stream hangs up, and so do more than `most` bytes that say nothing.
 */
export const deltas = (
  body: Unread,
  decoder: StreamDecoder,
  most = mostSilent
): Stream.Stream<Delta, UpstreamFault> =>
  Stream.fromChannel(Channel.fromTransform((_, scope) =>
    Effect.suspend(() => {
      const source = open(body)
      const read = next(source)
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

      const letGo = Effect.sync(() => {
        if (state === "over" && source.leave) source.leave()
        else source.cancel()
      })
      return Effect.as(Scope.addFinalizer(scope, letGo), pull)
    })
  ))

/** What may come without saying anything, in bytes: more than the longest thing that is held. */
const mostSilent = 32 * 1024 * 1024

/** Some deltas, or the end. */
type Pulled = Effect.Effect<Arr.NonEmptyReadonlyArray<Delta>, UpstreamFault | Cause.Done>

const brokenStream = (cause: unknown): UpstreamFault => bodyFault(cause, "stream_cut")

const tooMuch = (most: number): UpstreamFault => {
  const message = `The provider sent more than ${most} bytes that say nothing`
  return new UpstreamFault({ class: "too_large", message })
}
