import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import {
  bucketOf,
  type Distribution,
  empty,
  mean,
  merge,
  quantile
} from "../../../src/telemetry/metrics/Distribution.ts"
import * as Tally from "../../../src/telemetry/metrics/Tally.ts"
import { law } from "../../kit/effect.ts"

/** Records each group and takes it before the next, as the steps of a window do. */
const distributions = (groups: ReadonlyArray<ReadonlyArray<number>>) => {
  const tally = Tally.make()
  return groups.flatMap((group) => {
    for (const value of group) tally.record(value)
    return tally.take() ?? []
  })
}

/** The value whose rank is the nearest. */
const exact = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!

/** A shape, a seed, how many values there are, and how many steps they are split into. */
const Case = Schema.Struct({
  shape: Schema.Literals(["logUniform", "logNormal", "twoPeaks", "uniform", "constant"]),
  seed: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2 ** 31 - 2 })),
  count: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3000 })),
  steps: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 }))
})

const randomOf = (seed: number) => {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** From 1 ms to 10 min, in seconds. */
const [shortest, longest] = [0.001, 600]
const within = (value: number) => Math.min(longest, Math.max(shortest, value))

const shapes = {
  logUniform: (random: () => number) => shortest * (longest / shortest) ** random(),
  logNormal: (random: () => number) =>
    within(Math.exp(Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()))),
  twoPeaks: (random: () => number) =>
    random() < 0.9 ? within(0.02 + 0.01 * random()) : within(60 + 540 * random()),
  uniform: (random: () => number) => within(longest * random()),
  constant: () => 1.25
}

/** Values of a shape, and how they are spread over steps. */
const draw = ({ shape, seed, count, steps }: typeof Case.Type) => {
  const random = randomOf(seed)
  const values = Array.from({ length: count }, () => shapes[shape](random))
  const groups: Array<Array<number>> = Array.from({ length: steps }, () => [])
  for (const value of values) groups[Math.floor(random() * steps)]!.push(value)
  return { values, groups }
}

law(
  "percentiles differ from exact ones by at most 2 %, however values are spread and split into steps",
  Case,
  (drawn) =>
    Effect.gen(function* () {
      const { count } = drawn
      const { values, groups } = draw(drawn)
      const whole = merge(distributions(groups))
      const sorted = values.toSorted((a, b) => a - b)
      assertEquals(whole.count, count)
      return [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1].every((share) => {
        const right = exact(sorted, share)
        return Math.abs(quantile(whole, share)! - right) <= 0.02 * right
      }) && Math.abs(mean(whole)! - sorted.reduce((a, b) => a + b) / count) < 1e-9 * longest
    })
)

law(
  "the same values make the same distribution, whatever steps they were read in",
  Case,
  (drawn) =>
    Effect.gen(function* () {
      const { values, groups } = draw(drawn)
      const one = merge(distributions([values]))
      const many = merge(distributions(groups))
      assertEquals({ ...many, sum: 0 }, { ...one, sum: 0 })
      return true
    })
)

/** As many values as each of `counts` says, in neighbouring buckets from `first` on. */
const spread = (first: number, counts: ReadonlyArray<number>): Distribution => ({
  count: counts.reduce((a, b) => a + b, 0),
  sum: 1,
  min: 0,
  max: 1e9,
  zeros: 0,
  buckets: Int32Array.from(counts.flatMap((many, at) => [first + at, many]))
})

Deno.test("buckets are put together by their index, also below 1, where it is negative", () => {
  const [one, other] = [spread(-2, [1, 2, 3]), spread(0, [10, 20])]
  for (const both of [merge([one, other]), merge([other, one])]) {
    assertEquals([...both.buckets], [-2, 1, -1, 2, 0, 13, 1, 20])
  }
  assertEquals(merge([one, empty]).buckets, one.buckets)
})

Deno.test("a power of two is the last value of its bucket, and what is beyond all is in the last", () => {
  for (let power = -30; power < 34; power++) {
    const value = 2 ** power
    assertEquals(bucketOf(value), power * 32 - 1)
    assertEquals(bucketOf(value * (1 + 1e-12)), power * 32)
  }
  assertEquals([bucketOf(5e-324), bucketOf(1e-12)], [-1024, -1024])
  assertEquals([bucketOf(1e300), bucketOf(Infinity)], [1087, 1087])
})

Deno.test("what is not there has no percentile, and zeros have that of 0", () => {
  assertEquals([quantile(empty, 0.5), mean(empty)], [undefined, undefined])
  assertEquals(merge([]), empty)
  const zeros = { ...spread(0, [1]), zeros: 3, count: 4, max: 1.5 }
  assertEquals(quantile(zeros, 0.5), 0)
  assertEquals(quantile(zeros, 0.99), 1.5)
  assert(Object.is(quantile({ ...empty, count: 2, zeros: 2, min: 0 }, 0.5), 0))
})
