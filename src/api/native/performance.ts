/**
 * The route that tells how requests went.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { GatewayError } from "../../domain/GatewayError.ts"
import { ModelTable } from "../../routing/ModelTable.ts"
import { Performance as Measured } from "../../telemetry/window/Performance.ts"
import type { Summary, Times } from "../../telemetry/window/summary.ts"
import { answered } from "./answered.ts"
import { RoutedApi } from "./Api.ts"
import type { SummaryBody, TimesBody } from "./PerformanceApi.ts"

const minuteMs = 60_000
const windows = { "1m": minuteMs, "5m": 5 * minuteMs, "15m": 15 * minuteMs, "1h": 60 * minuteMs }

/** The handler. */
export const Performance = HttpApiBuilder.group(
  RoutedApi,
  "performance",
  Effect.fnUntraced(function* (handlers) {
    const table = yield* ModelTable
    const measured = yield* Measured

    return handlers.handle(
      "performance",
      ({ query: { window = "15m", model } }) =>
        answered(Effect.gen(function* () {
          if (model !== undefined && !table.lookup(model)) {
            return yield* new GatewayError({ reason: { _tag: "ModelNotFound", model } })
          }
          const { all, byModel, byProvider } = yield* measured.report(windows[window], model)
          return { ...toBody(all), window, by_model: each(byModel), by_provider: each(byProvider) }
        }))
    )
  })
)

const each = (summaries: ReadonlyMap<string, Summary>) =>
  Object.fromEntries(Array.from(summaries, ([name, one]) => [name, toBody(one)]))

const toBody = (summary: Summary): typeof SummaryBody.Type => ({
  response_times: toTimes(summary.duration),
  success_rate: rounded(summary.successRate, 4),
  error_rate: rounded(summary.errorRate, 4),
  throughput: {
    requests_per_minute: rounded(summary.requestsPerMinute, 2),
    tokens_per_minute: rounded(summary.tokensPerMinute, 2)
  },
  samples: summary.requests,
  time_to_first_token: toTimes(summary.firstToken),
  time_per_output_token: toTimes(summary.perToken),
  queue_wait: toTimes(summary.queue),
  overhead: toTimes(summary.overhead)
})

/** To the microsecond. */
const toTimes = ({ averageMs, p50Ms, p95Ms, p99Ms }: Times): typeof TimesBody.Type => ({
  average_ms: rounded(averageMs, 3),
  p50_ms: rounded(p50Ms, 3),
  p95_ms: rounded(p95Ms, 3),
  p99_ms: rounded(p99Ms, 3)
})

function rounded(value: number, decimals: number): number
function rounded(value: number | undefined, decimals: number): number | null
function rounded(value: number | undefined, decimals: number): number | null {
  return value === undefined ? null : Math.round(value * 10 ** decimals) / 10 ** decimals
}
