/**
 * Metrics as Prometheus scrapes them.
 *
 * @module
 */
import { DataPointType, type MetricData } from "@opentelemetry/sdk-metrics"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Buckets from "../metrics/buckets.ts"
import { Meters } from "../metrics/Meters.ts"
import { type HistogramMetric, histograms } from "../metrics/metrics.ts"
import type { Recorded } from "../metrics/Values.ts"
import * as Text from "./text.ts"

/** Metrics as Prometheus scrapes them. */
export class Prometheus extends Context.Service<Prometheus, {
  /**
   * Everything that is measured, since the start, as text in Prometheus's format 0.0.4. Whoever else
   * reads metrics is not disturbed.
   */
  readonly scrape: Effect.Effect<string>
}>()("penstock/telemetry/Prometheus") {
  /** Sums up what `Meters` reads. */
  static readonly layer = Layer.effect(
    Prometheus,
    Effect.gen(function* () {
      const meters = yield* Meters
      const sums = new Map(Object.values(histograms).map((metric) => [metric.name, make(metric)]))
      meters.values.listen((recorded) => {
        for (const one of recorded) sums.get(one.metric.name)?.add(one)
      })
      const target = Text.numbers(
        { name: "target_info", unit: "", description: "What is measured" },
        "gauge",
        [[Text.labels(meters.resource.attributes), 1]]
      )
      return Prometheus.of({
        scrape: Effect.map(meters.gather, (numbers) =>
          [
            target,
            ...Array.from(sums.values(), (sum) => sum.told()),
            ...numbers.map(number)
          ].join(""))
      })
    })
  )
}

/** A histogram since the start. */
const make = (metric: HistogramMetric) => {
  const all = new Map<string, Buckets.Buckets>()
  return {
    add: ({ attributes, values }: Recorded): void => {
      const labels = Text.labels(attributes)
      let buckets = all.get(labels)
      if (!buckets) {
        buckets = Buckets.make(metric.bounds)
        all.set(labels, buckets)
      }
      Buckets.add(buckets, metric.bounds, values)
    },
    told: (): string => all.size === 0 ? "" : Text.histogram(metric, metric.bounds, all)
  }
}

/** A counter or a gauge, as it was read. */
const number = ({ descriptor, dataPointType, dataPoints }: MetricData): string => {
  if (dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) return ""
  if (dataPointType === DataPointType.HISTOGRAM) return ""
  return Text.numbers(
    descriptor,
    dataPointType === DataPointType.SUM ? "counter" : "gauge",
    dataPoints.map(({ attributes, value }) => [Text.labels(attributes), value] as const)
  )
}
