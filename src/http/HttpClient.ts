/**
 * HTTP/1.1 over connections of our own: what a request costs, whether it was sent, and when a connection
 * ends is in our hands. See decision 30.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Address from "./Address.ts"
import { makeConnect } from "./connect.ts"
import { HttpError } from "./HttpError.ts"
import type { HttpResponse } from "./HttpResponse.ts"
import * as Line from "./Line.ts"
import * as Pool from "./Pool.ts"
import { type HttpRequest, requestBytes } from "./requestBytes.ts"

/** Sends requests. */
export interface HttpClient {
  /**
   * Sends a request, and gives the head of its answer as soon as it is there. Interruption hangs up until
   * then, `signal` also while the body is read; reading the body to its end, or leaving it, makes either
   * mean nothing.
   */
  readonly send: (
    request: HttpRequest,
    signal: AbortSignal
  ) => Effect.Effect<HttpResponse, HttpError>
  /** How many connections are kept that nobody uses. */
  readonly idle: () => number
}

/** What a client has to be told. */
export interface HttpClientOptions {
  /** How long a connection, with its TLS, may take to be made, in milliseconds. */
  readonly connectMs: number
}

/** Whether a server said nothing, or no more than that it had waited for a request for too long. */
const isStale = (heard: Line.Heard): boolean => {
  if (heard._tag === "Failed") return heard.isUntouched
  const { response: { body, headers, status } } = heard
  const isFarewell = status === 408 && /\bclose\b/i.test(headers.get("connection") ?? "")
  if (isFarewell && body && "read" in body) body.cancel()
  return isFarewell
}

/** Whoever hears it has given the request up. */
const left = new HttpError({ why: "reset" })

/** So often connections that are kept for too long are looked for. */
const sweepEvery = "15 seconds"

/** A client that keeps its connections for as long as the scope is open. */
export const make = Effect.fnUntraced(function* ({ connectMs }: HttpClientOptions) {
  const clock = yield* Clock.clockWith(Effect.succeed)
  const pool = Pool.make(() => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000)
  const parse = Address.makeParser()
  const connect = makeConnect(connectMs)
  yield* Effect.addFinalizer(() => Effect.sync(pool.close))
  yield* Effect.forkScoped(
    Effect.forever(Effect.andThen(Effect.sleep(sweepEvery), Effect.sync(pool.sweep)))
  )

  const send: HttpClient["send"] = (request, signal) =>
    Effect.callback((resume) => {
      // It tells nobody a second time.
      if (signal.aborted) return resume(Effect.fail(left))
      const address = parse(request.url)
      const pieces = requestBytes(request, address)
      if (pieces instanceof HttpError) return resume(Effect.fail(pieces))
      let hangUp: Line.HangUp | undefined
      let isLeft = false

      const leave = (): void => {
        isLeft = true
        hangUp?.()
        resume(Effect.fail(left))
      }

      const ask = (line: Line.Line, isFresh: boolean): void => {
        hangUp = line.ask(pieces, (heard) => {
          // The server ended it while the request was on its way: a fresh one tells whether it is there.
          if (!isFresh && !isLeft && isStale(heard)) return askFresh()
          resume(
            heard._tag === "Answered" ? Effect.succeed(heard.response) : Effect.fail(heard.error)
          )
        })
      }

      const askFresh = (): void => {
        hangUp = connect(address, (heard) => {
          if (heard instanceof HttpError) resume(Effect.fail(heard))
          else ask(Line.make(heard, pool.keeper(address.origin)), true)
        })
      }

      signal.addEventListener("abort", leave)
      const kept = pool.take(address.origin)
      if (kept) ask(kept, false)
      else askFresh()
      return Effect.sync(leave)
    })

  const client: HttpClient = { send, idle: pool.size }
  return client
})
