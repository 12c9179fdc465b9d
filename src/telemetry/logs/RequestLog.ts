/**
 * A line in the log for a request that is over.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Outcome, Settled } from "../../ledger/Entry.ts"
import { costOfCalls, usageOfCalls } from "../charges.ts"
import type { TraceContext } from "../traces/TraceContext.ts"

/** A line in the log for a request that is over. */
export class RequestLog extends Context.Service<RequestLog, {
  /** Logs how a request went, where such requests are logged. Never what was asked or answered. */
  readonly tell: (settled: Settled, trace: TraceContext | undefined) => void
}>()("penstock/telemetry/RequestLog") {
  /** Logs all requests, those that did not end with an answer, or none. */
  static readonly layer = (which: "all" | "failed" | "none"): Layer.Layer<RequestLog> =>
    Layer.effect(
      RequestLog,
      Effect.contextWith((context) => {
        const run = Effect.runForkWith(context)
        return Effect.succeed(RequestLog.of({
          tell: (settled, trace) => {
            if (which === "none" || (which === "failed" && isAnswered(settled.outcome))) return
            run(Effect.annotateLogs(
              levels[settled.outcome]("A request is over"),
              fieldsOf(settled, trace)
            ))
          }
        }))
      })
    )
}

const isAnswered = (outcome: Outcome) => outcome === "ok" || outcome === "filtered"

const levels: Readonly<Record<Outcome, typeof Effect.logInfo>> = {
  ok: Effect.logInfo,
  filtered: Effect.logInfo,
  client_abort: Effect.logInfo,
  upstream_error: Effect.logWarning,
  timeout: Effect.logWarning,
  stream_error: Effect.logWarning,
  internal_error: Effect.logError,
  crashed: Effect.logError
}

/** What is absent is left out. */
const fieldsOf = (settled: Settled, trace: TraceContext | undefined): Record<string, unknown> => {
  const usage = usageOfCalls(settled.calls)
  return {
    request_id: settled.id,
    trace_id: trace?.traceId ?? settled.traceId,
    span_id: trace?.spanId,
    outcome: settled.outcome,
    asked: settled.asked,
    model: settled.model,
    provider: settled.provider,
    caller: settled.caller,
    streamed: settled.streamed,
    attempts: settled.calls.length,
    last_attempt: settled.calls.at(-1)?.outcome,
    last_status: settled.calls.at(-1)?.status,
    duration_ms: rounded(settled.durationMs),
    first_token_ms: rounded(settled.firstTokenMs),
    queue_ms: rounded(settled.queueMs),
    upstream_ms: rounded(settled.upstreamMs),
    input_tokens: usage?.promptTokens,
    output_tokens: usage?.completionTokens,
    cached_tokens: usage?.cachedTokens,
    usage_source: usage?.source,
    cost_nanodollars: costOfCalls(settled.calls)
  }
}

const rounded = (ms: number | undefined) => ms === undefined ? undefined : Math.round(ms * 10) / 10
