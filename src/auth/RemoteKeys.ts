/**
 * An identity provider's keys, as they were last seen, and how long they may be trusted.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { JWTVerifyGetKey } from "jose"
import { AuthUnavailable } from "./errors.ts"
import { fetchKeys } from "./fetchKeys.ts"

const second = 1000
/** However many tokens name keys that we don't know, the provider is asked no more often. */
const cooldown = 30 * second
const maxAge = 24 * 60 * 60 * second

/** An identity provider's keys. */
export interface RemoteKeys {
  /** The keys as last seen, less than 24 hours ago; fails where there are none such. */
  readonly current: Effect.Effect<JWTVerifyGetKey, AuthUnavailable>
  /** Asks the provider again, unless it was asked less than 30 seconds ago. */
  readonly refresh: Effect.Effect<void>
  /** For how long the keys are known, in milliseconds; `undefined` while there are none. */
  readonly age: Effect.Effect<number | undefined>
}

/** Keeps the keys at `url`, and asks for them at once and every 10 minutes. */
export const make = Effect.fn("RemoteKeys.make")(
  function* (url: string): Effect.fn.Return<RemoteKeys, never, Scope.Scope> {
    const scope = yield* Effect.scope
    let seen: { readonly keys: JWTVerifyGetKey; readonly at: number } | undefined
    let askedAt = -Infinity
    let asking: Deferred.Deferred<void> | undefined

    const ask = (done: Deferred.Deferred<void>, at: number) =>
      fetchKeys(url).pipe(
        Effect.tap((keys) =>
          Effect.sync(() => {
            seen = { keys, at }
          })
        ),
        Effect.catch(({ message }) =>
          Effect.logWarning(
            `Cannot get the keys of the identity provider at "${url}": ${message}. ` +
              (seen
                ? "Those from before hold until they are 24 hours old"
                : "No token can be checked until they are there")
          )
        ),
        Effect.onExit(() =>
          Effect.sync(() => {
            asking = undefined
            Deferred.doneUnsafe(done, Exit.void)
          })
        )
      )

    // In a fiber of its own: a caller who leaves must not spoil it for those who wait with it.
    const refresh = Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        if (asking) return restore(Deferred.await(asking))
        if (now - askedAt < cooldown) return Effect.void
        const done = Deferred.makeUnsafe<void>()
        asking = done
        askedAt = now
        return Effect.andThen(Effect.forkIn(ask(done, now), scope), restore(Deferred.await(done)))
      })
    )

    const fresh = Effect.map(
      Clock.currentTimeMillis,
      (now) => seen && now - seen.at < maxAge ? seen.keys : undefined
    )

    const unavailable = Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const retryAfterSeconds = Math.max(1, Math.ceil((askedAt + cooldown - now) / second))
      return new AuthUnavailable({
        message: "Tokens cannot be checked at the moment: the keys of the identity provider " +
          `cannot be fetched. Try again in ${retryAfterSeconds} s, or use an API key`,
        retryAfterSeconds
      })
    })

    const current = Effect.flatMap(fresh, (keys) =>
      keys ? Effect.succeed(keys) : refresh.pipe(
        Effect.andThen(fresh),
        Effect.flatMap((keys) => keys ? Effect.succeed(keys) : unavailable)
      ))

    yield* refresh.pipe(Effect.repeat(Schedule.spaced("10 minutes")), Effect.forkScoped)

    return {
      current,
      refresh,
      age: Effect.map(Clock.currentTimeMillis, (now) => seen && now - seen.at)
    }
  }
)
