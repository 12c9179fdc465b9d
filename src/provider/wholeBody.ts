/**
 * Reading what a provider sends in one piece.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Delta } from "../domain/Delta.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { HttpResponse } from "../http/HttpResponse.ts"
import type { StreamDecoder } from "../protocol/StreamDecoder.ts"
import { bodyFault } from "./networkFault.ts"
import { open } from "./source.ts"

/** The text of a body of at most `limit` bytes; hangs up where there is more. */
export const text = (
  response: HttpResponse,
  limit: number
): Effect.Effect<string, UpstreamFault> =>
  Effect.suspend(() => {
    const length = Number(response.headers.get("content-length") ?? Number.NaN)
    let decoder: TextDecoder | undefined
    let taken = ""
    const take = (piece: Uint8Array): void => {
      // Most answers are small and come in one piece: one decoder does for all of those.
      if (decoder === undefined && piece.byteLength === length) taken = utf8.decode(piece)
      else taken += (decoder ??= new TextDecoder()).decode(piece, { stream: true })
    }
    return read(response, limit, take, () => decoder ? taken + decoder.decode() : taken)
  })

const utf8 = new TextDecoder()

/** All deltas of a streamed reply of at most `limit` bytes; hangs up where there is more. */
export const replayed = (
  response: HttpResponse,
  limit: number,
  decoder: StreamDecoder
): Effect.Effect<ReadonlyArray<Delta>, UpstreamFault> =>
  Effect.suspend(() => {
    const out: Array<Delta> = []
    const take = (piece: Uint8Array): void => void decoder.feed(piece, out)
    const whole = read(response, limit, take, () => decoder.finish(out))
    return Effect.flatMap(whole, (fault) => fault ? Effect.fail(fault) : Effect.succeed(out))
  })

/** Gives each piece to `take`, as long as there are no more than `limit` bytes, and then what `end` says. */
const read = <A>(
  { body }: HttpResponse,
  limit: number,
  take: (piece: Uint8Array) => void,
  end: () => A
): Effect.Effect<A, UpstreamFault> =>
  Effect.callback((resume) => {
    if (!body) return resume(Effect.sync(end))
    const source = open(body)
    let size = 0
    const stop = (exit: Effect.Effect<never, UpstreamFault>): void => {
      source.cancel()
      resume(exit)
    }
    const give = (piece: Uint8Array | undefined): void => {
      if (piece === undefined) return resume(Effect.sync(end))
      size += piece.byteLength
      if (size > limit) return stop(Effect.fail(tooMuch(limit)))
      const taken = Result.try(() => take(piece))
      if (Result.isSuccess(taken)) return more()
      // In a callback of the runtime a bug would be nobody's, and this call would never end.
      stop(Effect.die(taken.failure))
    }
    const broken = (cause: unknown): void => stop(Effect.fail(bodyFault(cause, "bad_response")))
    const more = (): void => source.read(give, broken)
    more()
    return Effect.sync(source.cancel)
  })

const tooMuch = (limit: number): UpstreamFault => {
  const message = `The provider's answer is larger than ${limit} bytes`
  return new UpstreamFault({ class: "too_large", message })
}
