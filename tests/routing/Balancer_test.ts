import { assert, assertAlmostEquals, assertEquals, assertStrictEquals, equal } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { strategies, type Strategy } from "../../src/config/Traffic.ts"
import { Balancer, type Choice } from "../../src/routing/Balancer.ts"
import { law, test } from "../kit/effect.ts"

type Balance = Balancer["Service"]

/** What `body` makes of a new balancer, whose chances are those of `seed`. */
const balanced = <A>(seed: number | string, body: (balancer: Balance) => A): Effect.Effect<A> =>
  Effect.map(Balancer, body).pipe(Effect.provide(Balancer.layer), Random.withSeed(seed))

/** A test with a balancer on virtual time. */
const balancing = (
  name: string,
  body: (balancer: Balance) => Effect.Effect<void, never, TestClock.TestClock>
) =>
  test(name, () =>
    Effect.flatMap(Balancer, body).pipe(
      Effect.provide(Balancer.layer),
      Random.withSeed("balancing")
    ))

const choice = (id: string, more: Partial<Choice> = {}): Choice => ({
  id,
  weight: 1,
  priority: 1,
  price: undefined,
  ...more
})

const weighted = (weights: ReadonlyArray<number>) =>
  weights.map((weight, index) => choice(`${index}`, { weight }))

/** How often each is first in `times` orders. */
const shares = (
  { order }: Balance,
  strategy: Strategy,
  choices: ReadonlyArray<Choice>,
  times: number
): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { id } of choices) counts[id] = 0
  for (let time = 0; time < times; time++) counts[order("any", strategy, choices)[0]!.id]! += 1
  return counts
}

const ids = (choices: ReadonlyArray<Choice>) => choices.map(({ id }) => id)

const Weights = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 20 })))
  .check(Schema.isMinLength(2), Schema.isMaxLength(6))
const Seed = Schema.Int

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

balancing("each group has turns of its own", ({ order }) =>
  Effect.sync(() => {
    const choices = [choice("a"), choice("b")]
    assertEquals(ids(order("one", "round_robin", choices)), ["a", "b"])
    assertEquals(ids(order("other", "round_robin", choices)), ["a", "b"])
    assertEquals(ids(order("one", "round_robin", choices)), ["b", "a"])
  }))

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
