/**
 * Where measurements are taken and read: OpenTelemetry's meters for numbers, tallies of our own for what
 * is recorded with each request.
 *
 * @module
 */
import type { Attributes } from "@opentelemetry/api"
import type { Resource } from "@opentelemetry/resources"
import { type IMetricReader, MeterProvider, type MetricData } from "@opentelemetry/sdk-metrics"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { InProcessReader } from "./InProcessReader.ts"
import type { Metric } from "./metrics.ts"
import { resource as ownResource } from "../resource.ts"
import * as Values from "./Values.ts"

/** Tells one value of a metric that is read when it is asked for. */
export type Tell = (value: number, attributes?: Attributes) => void

/** Where measurements are taken and read. */
export class Meters extends Context.Service<Meters, {
  /** Who measures. */
  readonly resource: Resource
  /** Where values are recorded whose distribution is kept. */
  readonly values: Values.Values
  /**
   * Has `read` tell a gauge's or a counter's values whenever metrics are read, as long as the current
   * scope is open. A counter's values never go down.
   */
  readonly observe: (
    metric: Metric,
    read: (tell: Tell) => void
  ) => Effect.Effect<void, never, Scope.Scope>
  /** Counters and gauges as they are. Whoever listens to values is told of them before this returns. */
  readonly gather: Effect.Effect<ReadonlyArray<MetricData>>
}>()("penstock/telemetry/Meters") {
  /** Its metrics are read in this process, and by the `Readers`. */
  static readonly layer = Layer.effect(Meters, Effect.suspend(() => make))
}

/** Reads metrics for others than this process. */
export interface Reader extends IMetricReader {
  /** Where it reads values from now on, besides what the SDK has for it. */
  readonly attach: (values: Values.Values) => void
}

/** Who reads metrics beside this process: exporters. Default: nobody. */
export const Readers = Context.Reference<ReadonlyArray<Reader>>(
  "penstock/telemetry/Readers",
  { defaultValue: () => [] }
)

/** A collector that does not answer holds a stop up for no longer. */
const shutdownMs = 3000

const make = Effect.gen(function* () {
  const resource = yield* ownResource
  const reader = new InProcessReader()
  const values = Values.make()
  const others = yield* Readers
  for (const other of others) other.attach(values)
  const provider = yield* Effect.acquireRelease(
    Effect.sync(() => new MeterProvider({ resource, readers: [reader, ...others] })),
    (provider) =>
      Effect.ignore(Effect.tryPromise(() => provider.shutdown({ timeoutMillis: shutdownMs })))
  )
  const meter = provider.getMeter("penstock")
  const gathering = yield* Semaphore.make(1)

  return Meters.of({
    resource,
    values,
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
    gather: gathering.withPermits(1)(
      Effect.tap(Effect.promise(() => reader.read()), () => Effect.sync(values.tell))
    )
  })
})
