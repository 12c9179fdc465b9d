/**
 * What is measured, sent by OTLP at intervals.
 *
 * @module
 */
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto"
import { InstrumentType, MetricReader, type ResourceMetrics } from "@opentelemetry/sdk-metrics"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Reader } from "../metrics/Meters.ts"
import type { Values } from "../metrics/Values.ts"
import * as Histograms from "./otlpHistograms.ts"
import { exporterOptions, sender } from "./otlpSender.ts"
import type { Target } from "./otlpSettings.ts"

/** A reader of metrics that hands what it reads to `take`. It has no clock of its own. */
class Exporting extends MetricReader implements Reader {
  private told: Histograms.Told = () => []

  constructor(
    exporter: OTLPMetricExporter,
    private readonly take: (metrics: ResourceMetrics) => void,
    private readonly now: () => number
  ) {
    super({ aggregationTemporalitySelector: (type) => exporter.selectAggregationTemporality(type) })
  }

  attach(values: Values): void {
    const temporality = this.selectAggregationTemporality(InstrumentType.HISTOGRAM)
    this.told = Histograms.make(values, temporality, this.now)
  }

  /** Reads, and does not wait until it is sent. */
  read(): Promise<void> {
    return this.collect().then(({ resourceMetrics: { resource, scopeMetrics } }) => {
      this.take({ resource, scopeMetrics: [...scopeMetrics, ...this.told()] })
    })
  }

  protected override onForceFlush(): Promise<void> {
    return this.read()
  }

  /** The last reading: whatever sends it is closed after this. */
  protected override onShutdown(): Promise<void> {
    return this.read()
  }
}

/** A reader for the meters that sends to `target`, and what it sends by. */
export const make = Effect.fnUntraced(function* (target: Target) {
  const exporter = new OTLPMetricExporter(yield* exporterOptions(target))
  const { intervalMs } = target.size
  const batch = yield* sender<ResourceMetrics>(
    "metrics",
    // What is read is sent at once.
    { ...target, size: { ...target.size, intervalMs: 0 } },
    // There is but one: each reading holds everything.
    (readings, done) => readings.forEach((metrics) => exporter.export(metrics, done)),
    pointsOf
  )
  const clock = yield* Clock.clockWith(Effect.succeed)
  const reader = new Exporting(exporter, batch.add, () => clock.currentTimeMillisUnsafe())
  // One that no meters took has nothing to read: that is no failure.
  yield* Effect.forkScoped(
    Effect.forever(Effect.andThen(
      Effect.sleep(intervalMs),
      Effect.ignore(Effect.tryPromise(() => reader.read()))
    ))
  )
  return { reader, batch }
})

const pointsOf = ({ scopeMetrics }: ResourceMetrics): number =>
  scopeMetrics.flatMap(({ metrics }) => metrics).reduce(
    (sum, { dataPoints }) => sum + dataPoints.length,
    0
  )
