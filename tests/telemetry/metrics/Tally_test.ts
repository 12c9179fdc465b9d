import { assert, assertEquals } from "@std/assert"
import { ValueType } from "@opentelemetry/api"
import {
  AggregationTemporality,
  AggregationType,
  DataPointType,
  MeterProvider,
  type MetricData,
  MetricReader
} from "@opentelemetry/sdk-metrics"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { histograms } from "../../../src/telemetry/metrics/metrics.ts"
import * as Tally from "../../../src/telemetry/metrics/Tally.ts"
import * as Values from "../../../src/telemetry/metrics/Values.ts"
import { make as makeHistograms } from "../../../src/telemetry/otlp/otlpHistograms.ts"
import { law } from "../../kit/effect.ts"

/** OpenTelemetry's own, as it counts for us: exponentially, or within the bounds of the metric. */
class Theirs extends MetricReader {
  constructor(isExponential: boolean) {
    super({
      aggregationSelector: () =>
        isExponential
          ? { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 4000 } }
          : { type: AggregationType.DEFAULT },
      aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE
    })
  }
  protected override onForceFlush = () => Promise.resolve()
  protected override onShutdown = () => Promise.resolve()
}

const theirs = (values: ReadonlyArray<number>, isExponential: boolean) =>
  Effect.promise(async () => {
    const reader = new Theirs(isExponential)
    const provider = new MeterProvider({ readers: [reader] })
    const { name, unit, description, bounds } = histograms.duration
    const histogram = provider.getMeter("penstock").createHistogram(name, {
      unit,
      description,
      advice: { explicitBucketBoundaries: [...bounds] },
      valueType: ValueType.DOUBLE
    })
    for (const value of values) histogram.record(value, { model: "gpt-4" })
    const { resourceMetrics } = await reader.collect()
    await provider.shutdown()
    return resourceMetrics.scopeMetrics[0]!.metrics[0]!
  })

/** The points of a histogram with bounds, of which there is one at least. */
const pointsOf = (data: MetricData) => {
  if (data.dataPointType !== DataPointType.HISTOGRAM) throw new Error("Not a histogram")
  const [first, ...more] = data.dataPoints
  return [first!, ...more] as const
}

/** Durations in seconds as they come, with those that are bounds of a bucket, and zeros. */
const Durations = Schema.Array(Schema.Union([
  Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 2000 })),
  Schema.Literals([0, 0.0078125, 0.25, 1, 3, 1024, 1e-5])
])).check(Schema.isMaxLength(200))

law(
  "a tally has the buckets of OpenTelemetry's exponential histogram",
  Durations,
  (drawn) =>
    Effect.gen(function* () {
      // What is less than a nanosecond is all in one bucket of ours.
      const durations = drawn.map((value) => value < 1e-9 ? 0 : value)
      if (durations.length === 0) return Tally.make().take() === undefined
      const tally = Tally.make()
      for (const value of durations) tally.record(value)
      const ours = tally.take()!
      assertEquals(tally.take(), undefined)
      const data = yield* theirs(durations, true)
      assertEquals(data.dataPointType, DataPointType.EXPONENTIAL_HISTOGRAM)
      if (data.dataPointType !== DataPointType.EXPONENTIAL_HISTOGRAM) return false
      const { count, max, min, positive, scale, sum, zeroCount } = data.dataPoints[0]!.value
      assertEquals([ours.count, ours.sum, ours.min, ours.max], [count, sum, min, max])
      assertEquals(ours.zeros, zeroCount)
      // Theirs are as fine as fits: neighbours together are ours. Of few values they are finer.
      assert(scale >= 5 || max === 0, `a scale of ${scale}`)
      const together = new Map<number, number>()
      positive.bucketCounts.forEach((many, at) => {
        const index = (positive.offset + at) >> (scale - 5)
        if (many > 0) together.set(index, (together.get(index) ?? 0) + many)
      })
      assertEquals([...ours.buckets], [...together].flat())
      return true
    })
)

law(
  "a collector is told what OpenTelemetry's own histogram would tell",
  Durations,
  (durations) =>
    Effect.gen(function* () {
      const values = Values.make()
      const told = makeHistograms(values, AggregationTemporality.CUMULATIVE, () => 1_234_567)
      const tally = values.tally(histograms.duration, { model: "gpt-4" })
      for (const [at, value] of durations.entries()) {
        tally.record(value)
        // Whoever else reads meanwhile takes nothing away.
        if (at % 7 === 0) values.tell()
      }
      if (durations.length === 0) return told().length === 0
      const { metrics, scope } = told()[0]!
      const ours = metrics[0]!
      const data = yield* theirs(durations, false)
      assertEquals(scope.name, "penstock")
      const { name, description, unit, valueType } = data.descriptor
      assertEquals(ours.descriptor, { name, description, unit, valueType })
      const [{ attributes, startTime, value: { sum, ...value } }] = pointsOf(ours)
      const [{ value: { sum: theirSum, ...theirValue } }] = pointsOf(data)
      assertEquals(startTime, [1234, 567_000_000])
      assertEquals(attributes, { model: "gpt-4" })
      assertEquals(value, theirValue)
      assert(Math.abs(sum! - theirSum!) < 1e-6)
      return true
    })
)

Deno.test("with deltas a collector is told each value once, from when it was told last", () => {
  let now = 1000
  const values = Values.make()
  const told = makeHistograms(values, AggregationTemporality.DELTA, () => now)
  const tally = values.tally(histograms.duration, {})
  const points = () =>
    told().flatMap(({ metrics }) => metrics.flatMap((metric) => [...pointsOf(metric)]))
      .map(({ startTime, endTime, value }) => [startTime[0], endTime[0], value.count])
  tally.record(1)
  tally.record(2)
  now = 3000
  assertEquals(points(), [[1, 3, 2]])
  now = 5000
  assertEquals(points(), [])
  tally.record(4)
  values.tell()
  now = 9000
  assertEquals(points(), [[5, 9, 1]])
})

Deno.test("nothing is negative, not even where a clock was read out of order", () => {
  const tally = Tally.make()
  for (const value of [-1, Number.NaN, 0, 2]) tally.record(value)
  const { count, sum, min, max, zeros } = tally.take()!
  assertEquals([count, sum, min, max, zeros], [4, 2, 0, 2, 3])
})

Deno.test("all who listen are told the same, once", () => {
  const values = Values.make()
  const heard: Array<ReadonlyArray<Values.Recorded>> = []
  values.listen((recorded) => heard.push(recorded))
  values.listen((recorded) => heard.push(recorded))
  values.tally(histograms.queue, { model: "unused" })
  const tally = values.tally(histograms.queue, { model: "gpt-4" })
  tally.record(1)
  values.tell()
  values.tell()
  assertEquals(heard.map((recorded) => recorded.map(({ attributes }) => attributes.model)), [
    ["gpt-4"],
    ["gpt-4"],
    [],
    []
  ])
})
