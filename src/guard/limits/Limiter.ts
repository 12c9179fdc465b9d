/**
 * Holds requests to what keys and models may use in a minute, and at once.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Limits } from "../../config/Traffic.ts"
import { make as makeRegister, type ScopeCount } from "./ScopeRegister.ts"
import type { Hold, Refusal, Room, Standing } from "./ScopeUsage.ts"

export type { ScopeCount } from "./ScopeRegister.ts"
export type { Refusal, Room, Standing } from "./ScopeUsage.ts"

/** Something that is limited, under the limits that hold now. */
export interface Scope {
  /** Such as `key/abc` or `model/gpt-4`. */
  readonly name: string
  readonly limits: Limits
}

/** What a request holds of its scopes. Only the first call of the two counts. */
export interface Reservation {
  /** What was really used, in place of the estimate; ends the reservation. */
  readonly settle: (tokens: number) => void
  /** Nothing was used, as nobody was asked upstream: gives back the tokens and the request. */
  readonly release: () => void
}

/** Whether a request may go. */
export type Taken = Granted | Refused | TooLarge

/** It may. */
export interface Granted {
  readonly _tag: "Taken"
  readonly reservation: Reservation
}

/** It may not now: this limit of this scope has to be waited for the longest. */
export interface Refused extends Refusal {
  readonly _tag: "Refused"
  readonly scope: string
}

/** It never may: it asks for more than the scope may use in a whole minute. */
export interface TooLarge {
  readonly _tag: "TooLarge"
  readonly scope: string
  /** Tokens in a minute. */
  readonly limit: number
}

/** Holds requests to what keys and models may use in a minute, and at once. */
export class Limiter extends Context.Service<Limiter, {
  /**
   * Takes a request of `tokens` from all of `scopes`, or from none. No two of them have the same name.
   * A scope without limits does not count it.
   */
  readonly take: (scopes: ReadonlyArray<Scope>, tokens: number) => Taken
  /** The least room, by its share of the limit, in any of `scopes`. */
  readonly standing: (scopes: ReadonlyArray<Scope>) => Standing
  /** All scopes of which something counts. */
  readonly view: () => ReadonlyArray<ScopeCount>
}>()("penstock/guard/limits/Limiter") {
  static readonly layer = Layer.effect(
    Limiter,
    Effect.gen(function* () {
      const clock = yield* Clock.clockWith(Effect.succeed)
      // Monotonic: a clock that is set neither gives nor takes.
      const now = () => Math.floor(Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000)
      const register = makeRegister(mostScopes)

      const reserve = (holds: ReadonlyArray<Hold>, asked: number): Reservation => {
        let open = true
        return {
          settle: (tokens) => {
            if (!open) return
            open = false
            const [time, used] = [now(), whole(tokens, asked)]
            for (const hold of holds) hold.usage.settle(time, hold, used)
          },
          release: () => {
            if (!open) return
            open = false
            const time = now()
            for (const hold of holds) hold.usage.release(time, hold)
          }
        }
      }

      return Limiter.of({
        take: (scopes, tokens) => {
          const limited = scopes.filter(({ limits }) => isLimited(limits))
          if (limited.length === 0) return unlimited
          const asked = whole(tokens, mostTokens)
          for (const { name, limits: { tokensPerMinute } } of limited) {
            if (tokensPerMinute !== undefined && asked > tokensPerMinute) {
              return { _tag: "TooLarge", scope: name, limit: tokensPerMinute }
            }
          }
          const time = now()
          let refused: Refused | undefined
          for (const { name, limits } of limited) {
            const refusal = register.of(name).refusal(time, limits, asked)
            if (refusal && refusal.retryAfterMs > (refused?.retryAfterMs ?? 0)) {
              refused = { _tag: "Refused", scope: name, ...refusal }
            }
          }
          if (refused) return refused
          const holds = limited.map(({ name }) => register.begin(time, name, asked))
          return { _tag: "Taken", reservation: reserve(holds, asked) }
        },
        standing: (scopes) => {
          const limited = scopes.filter(({ limits }) => isLimited(limits))
          if (limited.length === 0) return {}
          const time = now()
          let requests: Room | undefined
          let tokens: Room | undefined
          for (const { name, limits } of limited) {
            const standing = register.of(name).standing(time, limits)
            requests = tighter(requests, standing.requests)
            tokens = tighter(tokens, standing.tokens)
          }
          return { requests, tokens }
        },
        view: () => register.counts(now())
      })
    })
  )
}

const mostScopes = 10_000

/** More than any request: sums of it stay exact. */
const mostTokens = 1e12

/** Tokens as they can be counted; `otherwise`, where no number of tokens is meant. */
const whole = (tokens: number, otherwise: number): number =>
  tokens >= 0 && tokens <= mostTokens ? Math.ceil(tokens) : otherwise

/** Whether these limit anything at all. */
export const isLimited = ({ requestsPerMinute, tokensPerMinute, concurrency }: Limits): boolean =>
  requestsPerMinute !== undefined || tokensPerMinute !== undefined || concurrency !== undefined

/** What a request takes that nothing limits. */
const unlimited: Granted = {
  _tag: "Taken",
  reservation: { settle: () => {}, release: () => {} }
}

/** The one of which the lesser share is left; where that is the same, the one of which less is left. */
const tighter = (one: Room | undefined, other: Room | undefined): Room | undefined => {
  if (!one || !other) return one ?? other
  const difference = share(one) - share(other)
  return (difference || one.remaining - other.remaining) <= 0 ? one : other
}

const share = ({ limit, remaining }: Room): number => limit === 0 ? 0 : remaining / limit
