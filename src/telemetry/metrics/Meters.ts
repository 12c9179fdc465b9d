/**
 * Where measurements are taken and read: OpenTelemetry's meters.
 *
 * @module
 */
import type { Attributes, Histogram } from "@opentelemetry/api"
import type { Resource } from "@opentelemetry/resources"
import { type IMetricReader, MeterProvider, type MetricData } from "@opentelemetry/sdk-metrics"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { InProcessReader } from "./InProcessReader.ts"
import type { HistogramMetric, Metric } from "./metrics.ts"
import { resource as ownResource } from "../resource.ts"

/** Tells one value of a metric that is read when it is asked for. */
export type Tell = (value: number, attributes?: Attributes) => void

/** Where measurements are taken and read. */
export class Meters extends Context.Service<Meters, {
  /** Who measures. */
  readonly resource: Resource
  /** Where values of `metric` are recorded. */
  readonly histogram: (metric: HistogramMetric) => Histogram
  /**
   * Has `read` tell a gauge's or a counter's values whenever metrics are read, as long as the current
   * scope is open. A counter's values never go down.
   */
  readonly observe: (
    metric: Metric,
    read: (tell: Tell) => void
  ) => Effect.Effect<void, never, Scope.Scope>
  /**
   * Reads everything: counters and gauges as they are, histograms as what was added since the last
   * time. Each `listen`er is told before this returns.
   */
  readonly gather: Effect.Effect<void>
  /** Is told of every reading in this process, from now on. It must not fail. */
  readonly listen: (listener: (metrics: ReadonlyArray<MetricData>) => void) => void
}>()("penstock/telemetry/Meters") {
  /** Its metrics are read in this process, and by the `Readers`. */
  static readonly layer = Layer.effect(Meters, Effect.suspend(() => make))
}

/** Who reads metrics beside this process: exporters. Default: nobody. */
export const Readers = Context.Reference<ReadonlyArray<IMetricReader>>(
  "penstock/telemetry/Readers",
  { defaultValue: () => [] }
)

/** A collector that does not answer holds a stop up for no longer. */
const shutdownMs = 3000

const make = Effect.gen(function* () {
  const resource = yield* ownResource
  const reader = new InProcessReader()
  const provider = yield* Effect.acquireRelease(
    Effect.map(
      Readers,
      (others) => new MeterProvider({ resource, readers: [reader, ...others] })
    ),
    (provider) =>
      Effect.ignore(Effect.tryPromise(() => provider.shutdown({ timeoutMillis: shutdownMs })))
  )
  const meter = provider.getMeter("penstock")
  const listeners: Array<(metrics: ReadonlyArray<MetricData>) => void> = []
  const gathering = yield* Semaphore.make(1)

  return Meters.of({
    resource,
    histogram: ({ name, description, unit, bounds }) =>
      meter.createHistogram(name, {
        description,
        unit,
        advice: { explicitBucketBoundaries: [...bounds] }
      }),
    observe: ({ kind, name, description, unit }, read) =>
      Effect.gen(function* () {
        const instrument = kind === "gauge"
          ? meter.createObservableGauge(name, { description, unit })
          : meter.createObservableCounter(name, { description, unit })
        const tell = (result: { readonly observe: Tell }) => read(result.observe.bind(result))
        yield* Effect.acquireRelease(
          Effect.sync(() => instrument.addCallback(tell)),
          () => Effect.sync(() => instrument.removeCallback(tell))
        )
      }),
    // What was read is read no second time: it is told to the listeners, whoever has left meanwhile.
    gather: gathering.withPermits(1)(Effect.uninterruptible(Effect.map(
      Effect.promise(() => reader.read()),
      (metrics) => {
        for (const listener of listeners) listener(metrics)
      }
    ))),
    listen: (listener) => void listeners.push(listener)
  })
})
