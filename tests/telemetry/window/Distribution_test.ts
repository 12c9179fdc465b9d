import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DataPointType, type ExponentialHistogram } from "@opentelemetry/sdk-metrics"
import { MeterProvider } from "@opentelemetry/sdk-metrics"
import {
  empty,
  fromHistogram,
  mean,
  merge,
  quantile
} from "../../../src/telemetry/window/Distribution.ts"
import { InProcessReader } from "../../../src/telemetry/metrics/InProcessReader.ts"
import { law } from "../../kit/effect.ts"

/** Records each group and reads it before the next, as the steps of a window do. */
const distributions = (groups: ReadonlyArray<ReadonlyArray<number>>) =>
  Effect.promise(async () => {
    const reader = new InProcessReader()
    const provider = new MeterProvider({ readers: [reader] })
    const histogram = provider.getMeter("test").createHistogram("test")
    const steps: Array<ExponentialHistogram> = []
    for (const group of groups) {
      for (const value of group) histogram.record(value)
      const [data] = await reader.read()
      if (data?.dataPointType !== DataPointType.EXPONENTIAL_HISTOGRAM) continue
      steps.push(...data.dataPoints.map(({ value }) => value))
    }
    await provider.shutdown()
    return steps.map(fromHistogram)
  })

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
      const whole = merge(yield* distributions(groups))
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
      const one = merge(yield* distributions([values]))
      const many = merge(yield* distributions(groups))
      assertEquals({ ...many, sum: 0 }, { ...one, sum: 0 })
      return true
    })
)

/** Values one per bucket from `from` on, at `scale`. */
const histogram = (scale: number, offset: number, bucketCounts: ReadonlyArray<number>) =>
  fromHistogram({
    count: bucketCounts.reduce((a, b) => a + b, 0),
    sum: 1,
    min: 0,
    max: 1e9,
    scale,
    zeroCount: 0,
    positive: { offset, bucketCounts: [...bucketCounts] },
    negative: { offset: 0, bucketCounts: [] }
  })

Deno.test("finer buckets are put together, also below 1, where their indices are negative", () => {
  assertEquals([...histogram(7, -6, [1, 2, 3, 4, 5, 6, 7]).buckets], [-2, 3, -1, 18, 0, 7])
  assertEquals(histogram(7, 0, [1]).scale, 5)
  assertEquals(histogram(3, 0, [1]).scale, 3)
  const [fine, coarse] = [histogram(3, -3, [1, 1, 1]), histogram(2, -2, [10, 10])]
  for (const both of [merge([fine, coarse]), merge([coarse, fine])]) {
    assertEquals([both.scale, ...both.buckets], [2, -2, 11, -1, 12])
  }
})

Deno.test("what is not there has no percentile, and zeros have that of 0", () => {
  assertEquals([quantile(empty, 0.5), mean(empty)], [undefined, undefined])
  assertEquals(merge([]), empty)
  const zeros = { ...histogram(0, 0, [1]), zeros: 3, count: 4, max: 1.5 }
  assertEquals(quantile(zeros, 0.5), 0)
  assertEquals(quantile(zeros, 0.99), 1.5)
  assert(Object.is(quantile({ ...empty, count: 2, zeros: 2, min: 0 }, 0.5), 0))
})
