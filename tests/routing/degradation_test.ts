import { assert, assertAlmostEquals, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { strategies } from "../../src/config/Traffic.ts"
import { law } from "../kit/effect.ts"
import { balanced, balancing, choice, Seed, shares, weighted, Weights } from "./balancing.ts"

balancing("under priority, one that fails stays where it is", (balancer) =>
  Effect.sync(() => {
    const choices = [choice("bad"), choice("twin"), choice("good", { priority: 2 })]
    for (let time = 0; time < 50; time++) balancer.failed("bad")
    assertEquals(shares(balancer, "priority", choices, 50), { bad: 25, twin: 25, good: 0 })
  }))

law(
  "nobody fails so often that it is not tried any more",
  Schema.Struct({
    weights: Weights,
    strategy: Schema.Literals(["round_robin", "random", "least_busy", "lowest_cost"]),
    seed: Seed
  }),
  ({ weights, strategy, seed }) =>
    balanced(seed, (balancer) => {
      const choices = weighted(weights)
      for (let time = 0; time < 100; time++) balancer.failed("0")
      const total = weights.reduce((sum, weight) => sum + weight)
      const times = Math.ceil(400 * total / weights[0]!)
      const count = shares(balancer, strategy, choices, times)[0]!
      return count >= 5 && count <= times * weights[0]! / total
    })
)

balancing("all that fail alike share alike, under every strategy", (balancer) =>
  Effect.sync(() => {
    const choices = [choice("a", { price: 1 }), choice("b", { price: 1 })]
    for (const { id } of choices) {
      balancer.answered(id, 100)
      for (let time = 0; time < 20; time++) balancer.failed(id)
    }
    for (const strategy of strategies) {
      const { a = 0 } = shares(balancer, strategy, choices, 1000)
      assert(a > 400 && a < 600, `${strategy}: ${a} of 1000`)
    }
  }))

balancing(
  "failures are forgotten with successes and with time",
  ({ answered, failed, stats }) =>
    Effect.gen(function* () {
      failed("a")
      const once = stats("a").degradation
      assert(once > 0 && once < 0.5)
      for (let time = 0; time < 20; time++) failed("a")
      const often = stats("a").degradation
      assert(often > 0.99 && often <= 1)
      answered("a", 1)
      assert(stats("a").degradation < 0.8)
      for (let time = 0; time < 20; time++) answered("a", 1)
      assertEquals(stats("a").degradation, 0)

      for (let time = 0; time < 20; time++) failed("a")
      yield* TestClock.adjust("1 minute")
      assertAlmostEquals(stats("a").degradation, 0.5, 0.01)
      yield* TestClock.adjust("10 minutes")
      assertEquals(stats("a").degradation, 0)
    })
)
