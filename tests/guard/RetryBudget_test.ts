import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { RetryBudget } from "../../src/guard/RetryBudget.ts"
import { law, test } from "../kit/effect.ts"

const budgeted = (
  name: string,
  body: (budget: RetryBudget["Service"]) => Effect.Effect<void>
) => test(name, () => RetryBudget.use(body).pipe(Effect.provide(RetryBudget.layer)))

/** Asks for so many retries; says how many are allowed. */
const taken = (budget: RetryBudget["Service"], wanted: number, provider = "p"): number =>
  Array.from({ length: wanted }, () => budget.take(provider)).filter(Boolean).length

const request = (budget: RetryBudget["Service"], times: number, provider = "p") => {
  for (let one = 0; one < times; one++) budget.request(provider)
}

budgeted("30 retries in 10 seconds are allowed at any rate", (budget) =>
  Effect.gen(function* () {
    assertEquals(taken(budget, 40), 30)
    yield* TestClock.adjust(9999)
    assertEquals(taken(budget, 1), 0)
    yield* TestClock.adjust(1)
    assertEquals(taken(budget, 40), 30)
  }))

budgeted("in a storm, a fifth of the first attempts", (budget) =>
  Effect.sync(() => {
    request(budget, 150)
    assertEquals(taken(budget, 100), 30)
    request(budget, 4)
    assertEquals(taken(budget, 1), 0)
    request(budget, 1)
    assertEquals(taken(budget, 100), 1)
    request(budget, 845)
    assertEquals(taken(budget, 1000), 169)
  }))

budgeted(
  "first attempts of more than 10 seconds ago allow nothing",
  (budget) =>
    Effect.gen(function* () {
      request(budget, 500)
      yield* TestClock.adjust(9000)
      request(budget, 500)
      assertEquals(taken(budget, 180), 180)
      yield* TestClock.adjust(1000)
      assertEquals(taken(budget, 1), 0)
      yield* TestClock.adjust(9000)
      assertEquals(taken(budget, 1000), 30)
    })
)

budgeted("after a long pause nothing is left of what was", (budget) =>
  Effect.gen(function* () {
    request(budget, 500)
    taken(budget, 500)
    yield* TestClock.adjust("1 day")
    assertEquals(budget.all(), [
      { provider: "p", firstAttempts: 0, retries: 0, left: 30, denied: 400 }
    ])
  }))

budgeted(
  "one provider's retries are not another's, and an operator sees them",
  (budget) =>
    Effect.sync(() => {
      request(budget, 200)
      request(budget, 1, "q")
      assertEquals(taken(budget, 50), 40)
      assertEquals(taken(budget, 1, "q"), 1)
      assertEquals(budget.all(), [
        { provider: "p", firstAttempts: 200, retries: 40, left: 0, denied: 10 },
        { provider: "q", firstAttempts: 1, retries: 1, left: 29, denied: 0 }
      ])
    })
)

const between = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))

law(
  "in any run, retries are a fifth of the first attempts, or 30 in 10 seconds, at most",
  Schema.Array(
    Schema.Struct({
      afterMs: between(0, 4000),
      requests: between(0, 200),
      retries: between(0, 200)
    })
  ).check(Schema.isMinLength(30)),
  (steps) =>
    Effect.gen(function* () {
      const budget = yield* RetryBudget
      const clock = yield* TestClock.testClockWith(Effect.succeed)
      const all: Array<{ second: number; requests: number; retries: number }> = []
      let [requests, retries] = [0, 0]
      for (const step of steps) {
        yield* clock.adjust(step.afterMs)
        const second = Math.floor(clock.currentTimeMillisUnsafe() / 1000)
        request(budget, step.requests)
        const entry = { second, requests: step.requests, retries: 0 }
        all.push(entry)
        const recent = all.filter((one) => one.second > second - 10)
        const sum = (of: "requests" | "retries") =>
          recent.reduce((total, one) => total + one[of], 0)
        const allowed = Math.max(30, Math.floor(sum("requests") / 5))
        // Whatever may be allowed is, and no more.
        const wanted = Math.min(step.retries, Math.max(0, allowed - sum("retries")))
        entry.retries = taken(budget, step.retries)
        assertEquals(entry.retries, wanted)
        requests += step.requests
        retries += entry.retries
        assert(retries <= requests / 5 + 30 * (Math.floor(second / 10) + 1))
      }
      return true
    }).pipe(Effect.provide(RetryBudget.layer))
)
