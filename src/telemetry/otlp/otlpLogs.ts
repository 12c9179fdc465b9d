/**
 * What is logged, sent by OTLP beside.
 *
 * @module
 */
import { isSpanContextValid, ROOT_CONTEXT, trace, TraceFlags } from "@opentelemetry/api"
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto"
import { LoggerProvider, type ReadableLogRecord } from "@opentelemetry/sdk-logs"
import * as Effect from "effect/Effect"
import { logger } from "../logs/logs.ts"
import { exporterOptions, sender } from "./otlpSender.ts"
import type { Target } from "./otlpSettings.ts"
import { resource as ownResource } from "../resource.ts"

/** The numbers of OpenTelemetry's log data model. */
const severities: Readonly<Record<string, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21
}

/** A logger that sends to `target`, and what it sends by. */
export const make = Effect.fnUntraced(function* (target: Target) {
  const exporter = new OTLPLogExporter(yield* exporterOptions(target))
  const batch = yield* sender<ReadableLogRecord>(
    "logs",
    target,
    (records, done) => exporter.export([...records], done)
  )
  const done = () => Promise.resolve()
  const provider = new LoggerProvider({
    resource: yield* ownResource,
    processors: [{ onEmit: batch.add, forceFlush: done, shutdown: done }]
  })
  const sdk = provider.getLogger("penstock")
  return {
    batch,
    logger: yield* logger(({ at, fields, level, message }) => {
      const { span_id, trace_id, ...attributes } = fields
      sdk.emit({
        timestamp: at,
        observedTimestamp: at,
        severityText: level.toUpperCase(),
        severityNumber: severities[level] ?? 0,
        body: message,
        attributes,
        context: contextOf(trace_id, span_id)
      })
    })
  }
})

const contextOf = (traceId: unknown, spanId: unknown) => {
  if (typeof traceId !== "string" || typeof spanId !== "string") return ROOT_CONTEXT
  const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED }
  return isSpanContextValid(context) ? trace.setSpanContext(ROOT_CONTEXT, context) : ROOT_CONTEXT
}
