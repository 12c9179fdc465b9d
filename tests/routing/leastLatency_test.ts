import { assert, assertAlmostEquals, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { law } from "../kit/effect.ts"
import { balanced, balancing, choice, ids, shares } from "./balancing.ts"

law(
  "least_latency asks the fastest, and leaves everybody else a twentieth",
  Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 })))
    .check(Schema.isMinLength(2), Schema.isMaxLength(8)),
  (times) =>
    balanced(0, (balancer) => {
      const choices = times.map((_, index) => choice(`${index}`))
      times.forEach((ms, index) => balancer.answered(`${index}`, ms))
      const counts = Object.values(shares(balancer, "least_latency", choices, 1000))
      const fastest = Math.min(...times)
      const part = counts.reduce(
        (sum, count, index) => sum + (times[index] === fastest ? count : 0),
        0
      )
      const others = times.filter((ms) => ms !== fastest).length
      return counts.every((count) => count >= 48) && part >= 1000 - 50 * others
    })
)

balancing(
  "least_latency leaves the rest in the order of their times",
  ({ order, answered }) =>
    Effect.sync(() => {
      answered("slow", 900)
      answered("fast", 100)
      answered("middling", 300)
      const choices = ["slow", "fast", "middling"].map((id) => choice(id))
      assertEquals(ids(order("any", "least_latency", choices)), ["fast", "middling", "slow"])
    })
)

balancing(
  "least_latency tries whom it does not know at once, but with no more than one call",
  (balancer) =>
    Effect.sync(() => {
      const { order, began, ended, answered } = balancer
      const choices = [choice("known"), choice("new")]
      const first = () => order("any", "least_latency", choices)[0]?.id
      answered("known", 100)
      assertEquals(first(), "new")
      began("new")
      for (let time = 0; time < 10; time++) assertEquals(first(), "known")
      ended("new")
      answered("new", 50)
      assertEquals(first(), "new")
    })
)

balancing(
  "least_latency finds out that a slow one has become fast",
  ({ order, answered }) =>
    Effect.gen(function* () {
      const choices = [choice("steady"), choice("moody")]
      let moody = 900
      const run = Effect.fnUntraced(function* (times: number) {
        let asked = 0
        for (let time = 0; time < times; time++) {
          const [first] = order("any", "least_latency", choices)
          if (first!.id === "moody") asked += 1
          answered(first!.id, first!.id === "moody" ? moody : 300)
          yield* TestClock.adjust(100)
        }
        return asked / times
      })
      assertAlmostEquals(yield* run(400), 0.05, 0.01)
      moody = 100
      yield* run(200)
      assert((yield* run(400)) > 0.9)
    })
)

balancing("an old measurement weighs less", ({ answered, stats }) =>
  Effect.gen(function* () {
    const second = Effect.fnUntraced(function* (id: string, afterMs: number) {
      answered(id, 1000)
      yield* TestClock.adjust(afterMs)
      answered(id, 100)
      return stats(id).latencyMs!
    })
    assertAlmostEquals(yield* second("at once", 0), 820)
    const minute = yield* second("after a minute", 60_000)
    const hour = yield* second("after an hour", 3_600_000)
    assert(minute > 300 && minute < 500, `${minute}`)
    assertAlmostEquals(hour, 100)
    assertEquals(stats("never called"), {
      inFlight: 0,
      latencyMs: undefined,
      degradation: 0
    })
  }))
