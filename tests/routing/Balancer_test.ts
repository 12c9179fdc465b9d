import { assertEquals, assertStrictEquals, equal } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { strategies } from "../../src/config/Traffic.ts"
import { law } from "../kit/effect.ts"
import { balanced, balancing, choice, ids, Seed, weighted } from "./balancing.ts"

const Event = Schema.Struct({
  kind: Schema.Literals(["began", "ended", "answered", "failed", "order"]),
  who: Schema.Literals(["0", "1", "2", "3"]),
  strategy: Schema.Literals(strategies),
  ms: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60_000 }))
})
const Some = Schema.Array(Schema.Struct({
  weight: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 })),
  priority: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 })),
  price: Schema.UndefinedOr(Schema.Literals([1, 2]))
})).check(Schema.isMaxLength(4))

balancing("each group has turns of its own", ({ order }) =>
  Effect.sync(() => {
    const choices = [choice("a"), choice("b")]
    assertEquals(ids(order("one", "round_robin", choices)), ["a", "b"])
    assertEquals(ids(order("other", "round_robin", choices)), ["a", "b"])
    assertEquals(ids(order("one", "round_robin", choices)), ["b", "a"])
  }))

law(
  "whatever happened before, all that have a weight are in the order, once, and nobody else",
  Schema.Struct({ some: Some, events: Schema.Array(Event), seed: Seed }),
  ({ some, events, seed }) =>
    balanced(seed, (balancer) => {
      const choices = some.map((one, index) => choice(`${index}`, one))
      const wanted = choices.filter(({ weight }) => weight > 0)
      const expected = ids(wanted).join()
      for (const { kind, who, strategy, ms } of events) {
        if (kind !== "order") balancer[kind](who, ms)
        for (const name of [strategy, ...strategies]) {
          const order = balancer.order("any", name, choices)
          if (ids(order).sort().join() !== expected) return false
          if (!order.every((one) => wanted.includes(one))) return false
        }
      }
      return true
    })
)

law(
  "peeking tells the next order where chance has no say, and changes none",
  Schema.Struct({ some: Some, events: Schema.Array(Event), seed: Seed }),
  ({ some, events, seed }) => {
    const choices = some.map((one, index) => choice(`${index}`, one))
    /** The order after each of `events`, with peeking between them or without. */
    const orders = (peeking: boolean) =>
      balanced(seed, (balancer) =>
        events.map(({ kind, who, strategy, ms }) => {
          if (kind !== "order") balancer[kind](who, ms)
          const peeked = strategies.map((name) =>
            peeking ? ids(balancer.peek("any", name, choices)) : []
          )
          const seen = peeked[strategies.indexOf(strategy)]
          const order = ids(balancer.order("any", strategy, choices))
          const isChance = strategy === "random" ||
            choices.some(({ id }) => balancer.stats(id).degradation > 0)
          return { order, isTold: !peeking || isChance || equal(seen, order) }
        }))
    return Effect.map(
      Effect.all([orders(true), orders(false)]),
      ([peeked, unpeeked]) =>
        peeked.every(({ isTold }) => isTold) &&
        equal(peeked.map(({ order }) => order), unpeeked.map(({ order }) => order))
    )
  }
)

balancing(
  "peeking tells the likeliest order where chance decides",
  ({ peek, failed }) =>
    Effect.sync(() => {
      const choices = weighted([1, 3, 2])
      assertEquals(ids(peek("any", "random", choices)), ["1", "2", "0"])
      const cheap = choices.map((one) => one.id === "0" ? { ...one, price: 1 } : one)
      failed("0")
      assertEquals(ids(peek("any", "lowest_cost", cheap))[0], "0")
      for (const _ of [1, 2, 3]) failed("0")
      assertEquals(ids(peek("any", "lowest_cost", cheap)), ["1", "2", "0"])
    })
)

balancing(
  "one choice alone is given back as it is, or not at all",
  ({ order }) =>
    Effect.sync(() => {
      const alone = [choice("a")]
      for (const strategy of strategies) {
        assertStrictEquals(order("any", strategy, alone), alone)
        assertEquals(order("any", strategy, [choice("a", { weight: 0 })]), [])
        assertEquals(order("any", strategy, []), [])
      }
    })
)
