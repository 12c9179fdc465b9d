/**
 * Spans, made by OpenTelemetry's SDK once a request is over, and sent by OTLP.
 *
 * @module
 */
import {
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags
} from "@opentelemetry/api"
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto"
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler
} from "@opentelemetry/sdk-trace-base"
import * as Effect from "effect/Effect"
import { exporterOptions, sender } from "./otlpSender.ts"
import type { OtlpSettings, Target } from "./otlpSettings.ts"
import { resource as ownResource } from "./resource.ts"
import { callSpan, requestSpan, type SpanFacts } from "./spans.ts"
import { newSpanId, newTraceId, type Parent, type TraceContext } from "./TraceContext.ts"
import type { Tracer } from "./Traces.ts"

/** A tracer that sends to `target`, and what it sends by. */
export const make = Effect.fnUntraced(
  function* (target: Target, sampling: OtlpSettings["sampler"]) {
    const exporter = new OTLPTraceExporter(yield* exporterOptions(target))
    const batch = yield* sender<ReadableSpan>(
      "traces",
      target,
      (spans, done) => exporter.export([...spans], done)
    )
    const done = () => Promise.resolve()
    // The SDK asks for ids while it makes a span: the request's own are known since it came.
    let own: TraceContext | undefined
    const provider = new BasicTracerProvider({
      resource: yield* ownResource,
      // What is not sampled is not even made: see `isSampled`.
      sampler: new AlwaysOnSampler(),
      idGenerator: {
        generateTraceId: () => own?.traceId ?? newTraceId(),
        generateSpanId: () => own?.spanId ?? newSpanId()
      },
      spanProcessors: [
        { onStart: () => {}, onEnd: batch.add, forceFlush: done, shutdown: done }
      ]
    })
    const sdk = provider.getTracer("penstock")

    /** Makes a span under `parent`, and gives what its children stand under. */
    const make = (facts: SpanFacts, kind: SpanKind, parent: typeof ROOT_CONTEXT) => {
      const { attributes, end, failure, name, start } = facts
      const span = sdk.startSpan(name, { attributes, kind, startTime: start }, parent)
      if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure })
      span.end(end)
      return trace.setSpanContext(ROOT_CONTEXT, span.spanContext())
    }

    const sampler = samplerOf(sampling)
    const tracer: Tracer = {
      isSampled: (traceId, parent) =>
        sampler.shouldSample(
          parent ? above(traceId, parent) : ROOT_CONTEXT,
          traceId,
          "chat",
          SpanKind.SERVER,
          {},
          []
        ).decision === SamplingDecision.RECORD_AND_SAMPLED,
      record: (settled, context) => {
        const { parentSpanId: spanId, traceId, traceState } = context
        const parent = spanId === undefined
          ? ROOT_CONTEXT
          : above(traceId, { traceId, spanId, sampled: true }, traceState)
        own = context
        const inside = make(requestSpan(settled), SpanKind.SERVER, parent)
        own = undefined
        for (const call of settled.calls) make(callSpan(settled, call), SpanKind.CLIENT, inside)
      }
    }
    return { tracer, batch }
  }
)

/** Where the client's own span is. */
const above = (traceId: string, { sampled, spanId }: Parent, traceState?: string) =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(traceState !== undefined && { traceState: createTraceState(traceState) })
  })

/** As `OTEL_TRACES_SAMPLER` names them; one that it does not know is the default. */
const samplerOf = ({ name, ratio }: OtlpSettings["sampler"]): Sampler => {
  switch (name) {
    case "always_on":
      return new AlwaysOnSampler()
    case "always_off":
      return new AlwaysOffSampler()
    case "traceidratio":
      return new TraceIdRatioBasedSampler(ratio)
    case "parentbased_always_off":
      return new ParentBasedSampler({ root: new AlwaysOffSampler() })
    case "parentbased_traceidratio":
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })
    default:
      return new ParentBasedSampler({ root: new AlwaysOnSampler() })
  }
}
