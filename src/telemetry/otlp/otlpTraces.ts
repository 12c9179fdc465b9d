/**
 * Spans, made once a request is over, and sent by OTLP. The samplers and the exporter are
 * OpenTelemetry's; the spans of its SDK, which are made to be written to while time passes, would cost
 * more than twice as much.
 *
 * @module
 */
import {
  createTraceState,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags
} from "@opentelemetry/api"
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto"
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler
} from "@opentelemetry/sdk-trace-base"
import * as Effect from "effect/Effect"
import { exporterOptions, sender } from "./otlpSender.ts"
import type { OtlpSettings, Target } from "./otlpSettings.ts"
import { resource as ownResource } from "../resource.ts"
import { callSpan, requestSpan, type SpanFacts } from "../traces/spans.ts"
import { newSpanId, type Parent } from "../traces/TraceContext.ts"
import type { Tracer } from "../traces/Traces.ts"

/** A tracer that sends to `target`, and what it sends by. */
export const make = Effect.fnUntraced(
  function* (target: Target, sampling: OtlpSettings["sampler"]) {
    const exporter = new OTLPTraceExporter(yield* exporterOptions(target))
    const batch = yield* sender<ReadableSpan>(
      "traces",
      target,
      (spans, done) => exporter.export([...spans], done)
    )
    const resource = yield* ownResource

    const make = (
      facts: SpanFacts,
      kind: SpanKind,
      context: SpanContext,
      parentSpanContext: SpanContext | undefined
    ): ReadableSpan => ({
      name: facts.name,
      kind,
      spanContext: () => context,
      ...(parentSpanContext && { parentSpanContext }),
      startTime: facts.start,
      endTime: facts.end,
      duration: facts.duration,
      ended: true,
      status: facts.failure === undefined
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: facts.failure },
      attributes: facts.attributes,
      links: [],
      events: [],
      resource,
      instrumentationScope: scope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0
    })

    const sampler = samplerOf(sampling)
    const tracer: Tracer = {
      isSampled: (traceId, parent) =>
        sampler.shouldSample(
          parent ? trace.setSpanContext(ROOT_CONTEXT, above(traceId, parent)) : ROOT_CONTEXT,
          traceId,
          "chat",
          SpanKind.SERVER,
          {},
          []
        ).decision === SamplingDecision.RECORD_AND_SAMPLED,
      record: (settled, { parentSpanId, spanId, traceId, traceState }) => {
        const parent = parentSpanId === undefined
          ? undefined
          : above(traceId, { traceId, spanId: parentSpanId, sampled: true })
        const here = (spanId: string): SpanContext => ({
          traceId,
          spanId,
          traceFlags: TraceFlags.SAMPLED,
          ...(traceState !== undefined && { traceState: createTraceState(traceState) })
        })
        const own = here(spanId)
        batch.add(make(requestSpan(settled), SpanKind.SERVER, own, parent))
        for (const call of settled.calls) {
          batch.add(make(callSpan(settled, call), SpanKind.CLIENT, here(newSpanId()), own))
        }
      }
    }
    return { tracer, batch }
  }
)

/** Who makes them. */
const scope = { name: "penstock" }

/** Where the client's own span is. */
const above = (traceId: string, { sampled, spanId }: Parent): SpanContext => ({
  traceId,
  spanId,
  traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
  isRemote: true
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
