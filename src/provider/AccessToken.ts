/**
 * Tokens that are good for a while, such as those of Entra and of Google: fetched when they are
 * needed, and kept until shortly before their end.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Send } from "./Egress.ts"

/** A token that was fetched. */
export interface FetchedToken {
  readonly token: string
  /** When it ends, in milliseconds since 1970. */
  readonly expiresAtMs: number
}

/** Fetches a token; fails as the provider would. */
export type FetchToken = (
  send: Send,
  signal: AbortSignal
) => Effect.Effect<FetchedToken, UpstreamFault>

/** A token, whichever it is by now. */
export interface AccessToken {
  /** Gives one that is still good. */
  readonly get: (send: Send, signal: AbortSignal) => Effect.Effect<string, UpstreamFault>
  /**
   * Takes note that `token` was refused, and says whether another is worth a try: one that was just
   * fetched is kept, for the next would fare no better.
   */
  readonly refused: (token: string) => Effect.Effect<boolean>
  /** The one that was fetched last; absent where there is none. */
  readonly held: () => string | undefined
}

/** So long before its end a token is no longer used, or half its life where that is shorter. */
const marginMs = 5 * 60_000
/** A token that could not be renewed is used on for so long before that is tried again. */
const againMs = 30_000
/** A token that was fetched so lately is not what was refused, but who it is for. */
const newMs = 30_000
/** How long fetching may take. */
const limit = "10 seconds"

/** A token, and when it is to be renewed: a clock that is set must not make it good for longer. */
interface Held extends FetchedToken {
  readonly fetchedAtMonotonicMs: number
  readonly renewAtMs: number
  readonly renewAtMonotonicMs: number
}

/** A token under way, and those who wait for it. */
interface Flight {
  readonly done: Deferred.Deferred<string, UpstreamFault>
  waiting: number
  fetching: Fiber.Fiber<string, UpstreamFault> | undefined
}

/**
 * A token that is fetched by `fetchToken` when somebody needs it, once for all who need it then, and kept
 * until 5 minutes before its end. A failure is not kept: it is told to those who wait, unless the token
 * from before still holds. It is fetched on behalf of all, so that one who leaves spoils it for nobody;
 * when all have left it is given up.
 */
export const makeAccessToken = (fetchToken: FetchToken): AccessToken => {
  let held: Held | undefined
  let flight: Flight | undefined

  const hold = (
    fetched: FetchedToken,
    fetchedAtMonotonicMs: number,
    keepMs: number,
    clock: Clock.Clock
  ): string => {
    held = {
      ...fetched,
      fetchedAtMonotonicMs,
      renewAtMs: clock.currentTimeMillisUnsafe() + keepMs,
      renewAtMonotonicMs: monotonicMs(clock) + keepMs
    }
    return fetched.token
  }

  const renew = (send: Send) =>
    Effect.suspend(() => {
      const hangUp = new AbortController()
      return fetchToken(send, hangUp.signal).pipe(
        Effect.timeoutOrElse({ duration: limit, orElse: () => Effect.fail(tooLate) }),
        Effect.onError(() => Effect.sync(() => hangUp.abort()))
      )
    }).pipe(Effect.matchEffect({
      onSuccess: (fetched) =>
        Effect.map(Clock.clockWith(Effect.succeed), (clock) => {
          const lifeMs = fetched.expiresAtMs - clock.currentTimeMillisUnsafe()
          const keepMs = lifeMs - Math.min(marginMs, lifeMs / 2)
          return hold(fetched, monotonicMs(clock), keepMs, clock)
        }),
      onFailure: (fault) =>
        Effect.flatMap(Clock.clockWith(Effect.succeed), (clock) => {
          const leftMs = (held?.expiresAtMs ?? 0) - clock.currentTimeMillisUnsafe()
          return held && leftMs > 0
            ? Effect.succeed(
              hold(held, held.fetchedAtMonotonicMs, Math.min(againMs, leftMs), clock)
            )
            : Effect.fail(fault)
        })
    }))

  /** Fetches for all who wait for `shared`. */
  const serve = (shared: Flight, send: Send) =>
    Effect.onExit(renew(send), (exit) =>
      Effect.sync(() => {
        if (flight === shared) flight = undefined
        Deferred.doneUnsafe(shared.done, exit)
      }))

  const leave = (shared: Flight) =>
    Effect.suspend(() => {
      shared.waiting--
      if (shared.waiting > 0 || Deferred.isDoneUnsafe(shared.done)) return Effect.void
      if (flight === shared) flight = undefined
      return shared.fetching ? Fiber.interrupt(shared.fetching) : Effect.void
    })

  const get: AccessToken["get"] = (send) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Clock.clockWith(Effect.succeed), (clock) => {
        if (held && isFresh(held, clock)) return Effect.succeed(held.token)
        const wait = (shared: Flight) => {
          shared.waiting++
          return Effect.ensuring(restore(Deferred.await(shared.done)), leave(shared))
        }
        if (flight) return wait(flight)
        const mine: Flight = { done: Deferred.makeUnsafe(), waiting: 0, fetching: undefined }
        flight = mine
        return Effect.flatMap(Effect.forkDetach(restore(serve(mine, send))), (fiber) => {
          mine.fetching = fiber
          return wait(mine)
        })
      })
    )

  const refused: AccessToken["refused"] = (token) =>
    Effect.map(Clock.clockWith(Effect.succeed), (clock) => {
      // Others who were refused may have had another fetched meanwhile.
      if (held?.token !== token) return true
      if (monotonicMs(clock) - held.fetchedAtMonotonicMs < newMs) return false
      held = undefined
      return true
    })

  return { get, refused, held: () => held?.token }
}

const isFresh = ({ renewAtMs, renewAtMonotonicMs }: Held, clock: Clock.Clock): boolean =>
  clock.currentTimeMillisUnsafe() < renewAtMs && monotonicMs(clock) < renewAtMonotonicMs

const monotonicMs = (clock: Clock.Clock): number =>
  Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000

const tooLate = new UpstreamFault({
  class: "timeout_headers",
  message: "The provider gave no token in time"
})
