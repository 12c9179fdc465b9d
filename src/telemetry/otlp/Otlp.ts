/**
 * Exports of traces, metrics and logs by OTLP over HTTP. Without a collector in the environment nothing
 * of it is even loaded.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { Readers } from "../metrics/Meters.ts"
import { otlpSettings } from "./otlpSettings.ts"
import { Tracer } from "../traces/Traces.ts"

const make = Effect.gen(function* () {
  const { logs, metrics, sampler, traces, warnings } = yield* otlpSettings
  for (const warning of warnings) yield* Effect.logWarning(warning)
  // Loaded here, so that a start without a collector does not wait for them.
  const tracing = traces && (yield* Effect.flatMap(
    Effect.promise(() => import("./otlpTraces.ts")),
    ({ make }) => make(traces, sampler)
  ))
  const metering = metrics && (yield* Effect.flatMap(
    Effect.promise(() => import("./otlpMetrics.ts")),
    ({ make }) => make(metrics)
  ))
  const logging = logs && (yield* Effect.flatMap(
    Effect.promise(() => import("./otlpLogs.ts")),
    ({ make }) => make(logs)
  ))
  // At once: three collectors that do not answer take no longer than one.
  yield* Effect.addFinalizer(() =>
    Effect.all([tracing, metering, logging].map((part) => part?.batch.close ?? Effect.void), {
      concurrency: "unbounded",
      discard: true
    })
  )
  const loggers = new Set(yield* Logger.CurrentLoggers)
  if (logging) loggers.add(logging.logger)
  return Context.make(Tracer, tracing?.tracer).pipe(
    Context.add(Readers, [...(yield* Readers), ...(metering ? [metering.reader] : [])]),
    Context.add(Logger.CurrentLoggers, loggers)
  )
})

/**
 * Sends traces, metrics and logs to wherever `OTEL_EXPORTER_OTLP_ENDPOINT` and its kin say, of
 * everything that is built on it. It is to be closed last: what is left is then sent, for 2 s at most.
 */
export const layer: Layer.Layer<never> = Layer.effectContext(make)

/**
 * Reads metrics for the last time before what it is built on closes: what is counted there is not told
 * any more after that.
 */
export const lastReading: Layer.Layer<never> = Layer.effectDiscard(
  Effect.flatMap(Readers, (readers) =>
    Effect.addFinalizer(() =>
      Effect.forEach(
        readers,
        (reader) => Effect.ignore(Effect.tryPromise(() => reader.forceFlush())),
        { discard: true }
      )
    ))
)
