import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { strategies } from "../../src/config/Traffic.ts"
import { law } from "../kit/effect.ts"
import { balanced, balancing, choice, ids, Seed, shares, weighted, Weights } from "./balancing.ts"

law(
  "round_robin gives everybody its exact share of every full cycle, spread over it",
  Weights,
  (weights) =>
    balanced(0, ({ order }) => {
      const choices = weighted(weights)
      const total = weights.reduce((sum, weight) => sum + weight)
      for (let cycle = 0; cycle < 5; cycle++) {
        const counts = weights.map(() => 0)
        for (let turn = 1; turn <= total; turn++) {
          counts[Number(order("any", "round_robin", choices)[0]?.id)]! += 1
          // Nobody is ahead of its share by a whole turn.
          const ahead = counts.some((count, index) => count - turn * weights[index]! / total > 1)
          if (ahead) return false
        }
        if (counts.some((count, index) => count !== weights[index])) return false
      }
      return true
    })
)

balancing(
  "round_robin spreads the turns of a large weight, and the rest follow by what they are due",
  (balancer) =>
    Effect.sync(() => {
      const choices = [choice("a", { weight: 5 }), choice("b"), choice("c")]
      const orders = Array.from(
        { length: 7 },
        () => ids(balancer.order("any", "round_robin", choices)).join("")
      )
      assertEquals(orders, ["abc", "abc", "bca", "acb", "cab", "abc", "abc"])
    })
)

balancing(
  "whoever comes back, or changes its weight, has no turns to make up for",
  (balancer) =>
    Effect.sync(() => {
      const choices = [choice("a"), choice("b"), choice("c", { weight: 1000 })]
      shares(balancer, "round_robin", choices, 500)
      assertEquals(shares(balancer, "round_robin", choices.slice(0, 2), 100), { a: 50, b: 50 })
      const { c = 0 } = shares(balancer, "round_robin", [choice("a"), choice("b"), choice("c")], 30)
      assert(c >= 9 && c <= 11, `${c} of 30`)
    })
)

law(
  "random gives everybody its share, within what chance allows",
  Schema.Struct({ weights: Weights, seed: Seed }),
  ({ weights, seed }) =>
    balanced(seed, (balancer) => {
      const times = 1000
      const counts = shares(balancer, "random", weighted(weights), times)
      const total = weights.reduce((sum, weight) => sum + weight)
      return weights.every((weight, index) => {
        const part = weight / total
        // Six standard deviations: by chance once in half a billion.
        const most = 6 * Math.sqrt(times * part * (1 - part)) + 1
        return Math.abs(counts[index]! - times * part) <= most
      })
    })
)

law(
  "random draws the second by the weights of those left",
  Seed,
  (seed) =>
    balanced(seed, ({ order }) => {
      const choices = weighted([8, 3, 1])
      let seconds = 0
      let thirds = 0
      for (let time = 0; time < 600; time++) {
        const [first, second] = order("any", "random", choices)
        if (first?.id !== "0") continue
        if (second?.id === "1") seconds += 1
        else thirds += 1
      }
      const part = seconds / (seconds + thirds)
      return Math.abs(part - 0.75) < 6 * Math.sqrt(0.75 * 0.25 / (seconds + thirds))
    })
)

balancing(
  "lowest_cost asks the cheapest, and those of an unknown price last",
  (balancer) =>
    Effect.sync(() => {
      const { order } = balancer
      const choices = [
        choice("unknown"),
        choice("dear", { price: 20 }),
        choice("cheap", { price: 1 }),
        choice("free", { price: 0 })
      ]
      assertEquals(ids(order("any", "lowest_cost", choices)), ["free", "cheap", "dear", "unknown"])
      const alike = [choice("a", { price: 1, weight: 2 }), choice("b", { price: 1 }), choice("c")]
      assertEquals(shares(balancer, "lowest_cost", alike, 30), { a: 20, b: 10, c: 0 })
    })
)

balancing("priority asks the least first, and equal ones in turn", (balancer) =>
  Effect.sync(() => {
    const choices = [
      choice("later", { priority: 3 }),
      choice("a", { priority: 1, weight: 2 }),
      choice("b", { priority: 1 }),
      choice("next", { priority: 2 })
    ]
    assertEquals(ids(balancer.order("any", "priority", choices)).slice(2), ["next", "later"])
    const counts = shares(balancer, "priority", choices, 30)
    assertEquals(counts, { later: 0, a: 20, b: 10, next: 0 })
  }))

balancing(
  "least_busy asks who has the fewest calls under way for its weight",
  ({ order, began, ended, stats }) =>
    Effect.sync(() => {
      const choices = [choice("small"), choice("large", { weight: 3 })]
      const counts: Record<string, number> = { small: 0, large: 0 }
      for (let time = 0; time < 40; time++) {
        const [first] = order("any", "least_busy", choices)
        began(first!.id)
        counts[first!.id]! += 1
      }
      assertEquals(counts, { small: 10, large: 30 })
      assertEquals(stats("large").inFlight, 30)
      for (const _ of [1, 2, 3, 4, 5]) ended("small")
      for (const _ of [1, 2, 3, 4, 5]) {
        assertEquals(ids(order("any", "least_busy", choices)), ["small", "large"])
        began("small")
      }
      // A call is over once: one too many does not make room that is not there.
      for (let time = 0; time < 20; time++) ended("small")
      assertEquals(stats("small").inFlight, 0)
    })
)

balancing("least_busy has those take turns that are equally busy", (balancer) =>
  Effect.sync(() => {
    const choices = [choice("a"), choice("b"), choice("c", { weight: 2 })]
    assertEquals(shares(balancer, "least_busy", choices, 40), { a: 10, b: 10, c: 20 })
  }))

for (const strategy of strategies.filter((name) => name !== "priority")) {
  balancing(
    `under ${strategy}, one that fails loses traffic, and wins it back`,
    (balancer) =>
      Effect.gen(function* () {
        const { order, began, ended, answered, failed } = balancer
        const choices = [choice("good", { price: 2 }), choice("bad", { price: 1 })]
        let failing = false
        /** The part of 1,000 calls, ten a second, that `bad` has. */
        const run = Effect.gen(function* () {
          let asked = 0
          for (let time = 0; time < 1000; time++) {
            const [first] = order("any", strategy, choices)
            const isBad = first!.id === "bad"
            began(first!.id)
            yield* TestClock.adjust(100)
            if (isBad) asked += 1
            if (isBad && failing) failed("bad")
            else answered(first!.id, isBad ? 100 : 200)
            ended(first!.id)
          }
          return asked / 1000
        })
        const before = yield* run
        assert(before > 0.4, `${before} before`)
        failing = true
        yield* run
        const during = yield* run
        assert(during > 0 && during < 0.2 * before, `${during} while it fails`)
        failing = false
        yield* run
        const after = yield* run
        assert(after > 0.9 * before, `${after} of ${before} after it`)
      })
  )
}
