import { assert, assertEquals, assertLessOrEqual } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import type { Limits } from "../../../src/config/Traffic.ts"
import {
  Limiter,
  type Reservation,
  type Scope,
  type Taken
} from "../../../src/guard/limits/Limiter.ts"
import { law, test } from "../../kit/effect.ts"

const limited = <A, E>(use: (limiter: typeof Limiter.Service) => Effect.Effect<A, E>) =>
  Effect.provide(Limiter.use(use), Limiter.layer)

const scope = (name: string, limits: Limits): Scope => ({ name, limits })

const granted = (taken: Taken): Reservation => {
  if (taken._tag !== "Taken") throw new Error(JSON.stringify(taken))
  return taken.reservation
}

test("a refusal says which limit of which scope has to be waited for, and how long", () =>
  limited((limiter) =>
    Effect.gen(function* () {
      const key = scope("key/a", { requestsPerMinute: 2 })
      const model = scope("model/m", { tokensPerMinute: 100 })
      granted(limiter.take([key, model], 60)).settle(60)
      yield* TestClock.adjust(10_000)
      granted(limiter.take([key], 0)).settle(0)
      const full = { _tag: "Refused", scope: "key/a", limit: "requests", retryAfterMs: 50_500 }
      assertEquals(limiter.take([key], 1), full)
      yield* TestClock.adjust(10_000)
      granted(limiter.take([model], 40)).settle(40)
      // The key has room again in 40.5 s, the model for as much as this in 60.5 s.
      const both = { _tag: "Refused", scope: "model/m", limit: "tokens", retryAfterMs: 60_500 }
      assertEquals(limiter.take([key, model], 100), both)
      assertEquals(limiter.take([model, key], 100), both)
      yield* TestClock.adjust(60_499)
      assertEquals(limiter.take([key, model], 100), { ...both, retryAfterMs: 1 })
      yield* TestClock.adjust(1)
      granted(limiter.take([key, model], 100))
    })
  ))

test("so many at once and no more, and one more when one has ended", () =>
  limited((limiter) =>
    Effect.sync(() => {
      const scopes = [scope("key/a", { concurrency: 2 })]
      const first = granted(limiter.take(scopes, 5))
      granted(limiter.take(scopes, 5))
      const full = { _tag: "Refused", scope: "key/a", limit: "concurrency", retryAfterMs: 1000 }
      assertEquals(limiter.take(scopes, 5), full)
      first.settle(5)
      const third = granted(limiter.take(scopes, 5))
      assertEquals(limiter.take(scopes, 5), full)
      third.release()
      granted(limiter.take(scopes, 5))
    })
  ))

test("what can never fit is too large, however little is used, and whoever else refuses", () =>
  limited((limiter) =>
    Effect.sync(() => {
      const model = scope("model/m", { tokensPerMinute: 100 })
      const closed = scope("key/a", { requestsPerMinute: 0 })
      const tooLarge = { _tag: "TooLarge", scope: "model/m", limit: 100 }
      assertEquals(limiter.take([model], 101), tooLarge)
      assertEquals(limiter.take([closed, model], 101), tooLarge)
      assertEquals(limiter.take([model], NaN), tooLarge)
      assertEquals(limiter.view(), [])
      granted(limiter.take([model], 100))
    })
  ))

test("a limit of 0 refuses, and a minute later it may be another one", () =>
  limited((limiter) =>
    Effect.sync(() => {
      const refused = { _tag: "Refused", scope: "key/a" }
      assertEquals(limiter.take([scope("key/a", { requestsPerMinute: 0 })], 0), {
        ...refused,
        limit: "requests",
        retryAfterMs: 60_500
      })
      assertEquals(limiter.take([scope("key/a", { concurrency: 0 })], 0), {
        ...refused,
        limit: "concurrency",
        retryAfterMs: 1000
      })
      assertEquals(limiter.standing([scope("key/a", { requestsPerMinute: 0 })]).requests, {
        limit: 0,
        remaining: 0,
        resetMs: 0
      })
    })
  ))

test("what was used takes the place of the estimate, and a release that of nothing", () =>
  limited((limiter) =>
    Effect.sync(() => {
      const scopes = [scope("key/a", { requestsPerMinute: 9, tokensPerMinute: 100 })]
      const [first, second, third] = [40, 30, 20].map((tokens) =>
        granted(limiter.take(scopes, tokens))
      )
      const counts = { scope: "key/a", requests: 3, tokens: 90, reserved: 90, concurrency: 3 }
      assertEquals(limiter.view(), [counts])
      first!.settle(10)
      assertEquals(limiter.view(), [{ ...counts, tokens: 60, reserved: 50, concurrency: 2 }])
      second!.settle(75)
      assertEquals(limiter.view(), [{ ...counts, tokens: 105, reserved: 20, concurrency: 1 }])
      assertEquals(limiter.standing(scopes).tokens?.remaining, 0)
      third!.release()
      const end = { ...counts, requests: 2, tokens: 85, reserved: 0, concurrency: 0 }
      assertEquals(limiter.view(), [end])
      for (const reservation of [first!, second!, third!]) {
        reservation.release()
        reservation.settle(1)
      }
      assertEquals(limiter.view(), [end])
    })
  ))

test("a report of 0 tokens is believed, one of no number at all leaves the estimate", () =>
  limited((limiter) =>
    Effect.sync(() => {
      const scopes = [scope("key/a", { tokensPerMinute: 100 })]
      const left = (used: number) => {
        granted(limiter.take(scopes, 10)).settle(used)
        return limiter.standing(scopes).tokens?.remaining
      }
      assertEquals([0, NaN, -5, Infinity, 1.5].map(left), [100, 90, 80, 70, 68])
    })
  ))

test("an answer that outlasts the minute adds only what is above its estimate", () =>
  limited((limiter) =>
    Effect.gen(function* () {
      const scopes = [scope("key/a", { tokensPerMinute: 100 })]
      const [less, same, more] = [20, 30, 40].map((tokens) => granted(limiter.take(scopes, tokens)))
      yield* TestClock.adjust(60_500)
      const counts = { scope: "key/a", requests: 0, tokens: 0, reserved: 90, concurrency: 3 }
      assertEquals(limiter.view(), [counts])
      less!.settle(1)
      same!.settle(30)
      more!.settle(45)
      assertEquals(limiter.view(), [{ ...counts, tokens: 5, reserved: 0, concurrency: 0 }])
      yield* TestClock.adjust(60_500)
      assertEquals(limiter.view(), [])
    })
  ))

test("the limits that hold are those of the moment", () =>
  limited((limiter) =>
    Effect.sync(() => {
      const named = (limits: Limits) => [scope("key/a", limits)]
      for (let at = 0; at < 5; at++) granted(limiter.take(named({ requestsPerMinute: 5 }), 10))
      assertEquals(limiter.take(named({ requestsPerMinute: 5 }), 10)._tag, "Refused")
      granted(limiter.take(named({ requestsPerMinute: 6 }), 10))
      assertEquals(limiter.take(named({ requestsPerMinute: 2 }), 10)._tag, "Refused")
      assertEquals(limiter.standing(named({ requestsPerMinute: 2 })).requests?.remaining, 0)
      // A limit of another kind, that was not there before, knows what was used all the same.
      assertEquals(limiter.take(named({ tokensPerMinute: 65 }), 10)._tag, "Refused")
      assertEquals(limiter.take(named({ concurrency: 6 }), 10)._tag, "Refused")
      granted(limiter.take(named({}), 10))
      assertEquals(limiter.view()[0]?.requests, 6)
    })
  ))

test("a reservation is settled where it was made, whatever became of the limit", () =>
  limited((limiter) =>
    Effect.sync(() => {
      const scopes = [scope("key/a", { tokensPerMinute: 100 })]
      const counted = granted(limiter.take(scopes, 80))
      const uncounted = granted(limiter.take([scope("key/a", {})], 80))
      uncounted.settle(500)
      assertEquals(limiter.standing(scopes).tokens?.remaining, 20)
      counted.settle(10)
      assertEquals(limiter.standing(scopes).tokens?.remaining, 90)
    })
  ))

test("nothing is counted where nothing is limited", () =>
  limited((limiter) =>
    Effect.sync(() => {
      for (const scopes of [[], [scope("key/a", {}), scope("model/m", {})]]) {
        granted(limiter.take(scopes, 1e9)).settle(1e9)
        granted(limiter.take(scopes, 1e9)).release()
        assertEquals(limiter.standing(scopes), {})
      }
      assertEquals(limiter.view(), [])
    })
  ))

test("the standing is that of the scope with the least share left, limit by limit", () =>
  limited((limiter) =>
    Effect.gen(function* () {
      const key = scope("key/a", { requestsPerMinute: 4, tokensPerMinute: 1000 })
      const model = scope("model/m", { requestsPerMinute: 100, tokensPerMinute: 100 })
      const other = scope("model/n", { concurrency: 3 })
      assertEquals(limiter.standing([model, key, other]), {
        requests: { limit: 4, remaining: 4, resetMs: 0 },
        tokens: { limit: 100, remaining: 100, resetMs: 0 }
      })
      granted(limiter.take([key, model, other], 30)).settle(20)
      yield* TestClock.adjust(1200)
      assertEquals(limiter.standing([key, model, other]), {
        requests: { limit: 4, remaining: 3, resetMs: 59_300 },
        tokens: { limit: 100, remaining: 80, resetMs: 59_300 }
      })
      assertEquals(limiter.standing([key]).tokens?.remaining, 980)
      assertEquals(limiter.standing([other]), { requests: undefined, tokens: undefined })
    })
  ))

test("a clock that is set gives nothing, and takes nothing", () =>
  limited((limiter) =>
    Effect.gen(function* () {
      yield* TestClock.adjust(1_000_000)
      const scopes = [scope("key/a", { requestsPerMinute: 1 })]
      granted(limiter.take(scopes, 1)).settle(1)
      yield* TestClock.setTime(0)
      assertEquals(limiter.take(scopes, 1)._tag, "Refused")
      yield* TestClock.adjust(60_499)
      assertEquals(limiter.take(scopes, 1)._tag, "Refused")
      yield* TestClock.adjust(1)
      granted(limiter.take(scopes, 1))
    })
  ))

const between = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))

law(
  "of so many at once, as many are admitted as the budget has room for",
  Schema.Struct({ many: between(1, 60), cost: between(1, 20), budget: between(0, 200) }),
  ({ many, cost, budget }) =>
    limited((limiter) =>
      Effect.gen(function* () {
        const scopes = [
          scope("key/a", { tokensPerMinute: budget }),
          scope("model/m", {
            tokensPerMinute: budget + cost
          })
        ]
        const taken = yield* Effect.forEach(
          Array.from({ length: many }),
          () => Effect.andThen(Effect.yieldNow, Effect.sync(() => limiter.take(scopes, cost))),
          { concurrency: "unbounded" }
        )
        const admitted = taken.filter(({ _tag }) => _tag === "Taken").length
        assertEquals(admitted, Math.min(many, Math.floor(budget / cost)))
        return true
      })
    )
)

test("a hundred at once that come back when they are told to: never more than the limits, and all get through", () =>
  limited((limiter) =>
    Effect.gen(function* () {
      const most = 30
      const scopes = [
        scope("key/a", { requestsPerMinute: most }),
        scope("model/m", { tokensPerMinute: 100 * most, concurrency: 7 })
      ]
      const clock = yield* TestClock.testClockWith(Effect.succeed)
      const admitted: Array<number> = []
      let underWay = 0
      const request = (nth: number) =>
        Effect.gen(function* () {
          let taken = limiter.take(scopes, 100)
          while (taken._tag === "Refused") {
            yield* Effect.sleep(taken.retryAfterMs)
            taken = limiter.take(scopes, 100)
          }
          const reservation = granted(taken)
          admitted.push(clock.currentTimeMillisUnsafe())
          underWay++
          assertLessOrEqual(underWay, 7)
          yield* Effect.sleep(10 * nth + 10)
          reservation.settle(nth)
          underWay--
        })
      const all = yield* Effect.forkChild(
        Effect.forEach(Array.from({ length: 100 }, (_, nth) => nth), request, {
          concurrency: "unbounded",
          discard: true
        })
      )
      yield* TestClock.adjust(0)
      assertEquals(admitted.length, 7)
      yield* TestClock.adjust(30_000)
      assertEquals(admitted.length, most)
      yield* TestClock.adjust(400_000)
      yield* Fiber.join(all)
      assertEquals(admitted.length, 100)
      for (const [nth, at] of admitted.entries()) {
        const next = admitted[nth + most] ?? Infinity
        assert(next - at > 60_000, `${most + 1} within ${next - at} ms`)
      }
      assertEquals(limiter.view(), [])
    })
  ))
