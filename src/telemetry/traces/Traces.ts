/**
 * Traces of requests: a span for each, and one within for each call to a provider.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Settled } from "../../ledger/Entry.ts"
import {
  boundedTraceState,
  newSpanId,
  newTraceId,
  type Parent,
  parseTraceparent,
  type TraceContext
} from "./TraceContext.ts"

/** Where spans go. */
export interface Tracer {
  /** Whether a trace is exported: once for each request, as `OTEL_TRACES_SAMPLER` has it. */
  readonly isSampled: (traceId: string, parent: Parent | undefined) => boolean
  /** Makes the spans of a request that is over. */
  readonly record: (settled: Settled, context: TraceContext) => void
}

/** Where spans go. Default: nowhere. */
export const Tracer = Context.Reference<Tracer | undefined>("penstock/telemetry/Tracer", {
  defaultValue: () => undefined
})

/** Traces of requests. All of it is synchronous, and never fails. */
export class Traces extends Context.Service<Traces, {
  /**
   * The trace that a request is part of, by its headers `traceparent` and `tracestate`; absent where
   * it is part of none: none is begun while nothing is exported.
   */
  readonly begin: (
    traceparent: string | null,
    tracestate: string | null
  ) => TraceContext | undefined
  /** Tells of a request that is over, with the context that it began with. */
  readonly tell: (settled: Settled, context: TraceContext | undefined) => void
}>()("penstock/telemetry/Traces") {
  /** Spans go where `Tracer` says. */
  static readonly layer: Layer.Layer<Traces> = Layer.effect(
    Traces,
    Effect.map(Tracer, (tracer) =>
      Traces.of({
        begin: (traceparent, tracestate) => {
          const parent = traceparent === null ? undefined : parseTraceparent(traceparent)
          if (tracer === undefined && parent === undefined) return undefined
          const traceId = parent?.traceId ?? newTraceId()
          return {
            traceId,
            spanId: newSpanId(),
            parentSpanId: parent?.spanId,
            traceState: parent && boundedTraceState(tracestate),
            sampled: tracer !== undefined && tracer.isSampled(traceId, parent)
          }
        },
        tell: (settled, context) => {
          if (context?.sampled) tracer?.record(settled, context)
        }
      }))
  )
}
