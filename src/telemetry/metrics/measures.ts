/**
 * Requests as numbers: distributions by OpenTelemetry's histograms, counts as plain numbers.
 *
 * @module
 */
import type { Attributes, Histogram } from "@opentelemetry/api"
import * as Effect from "effect/Effect"
import { totalNanos } from "../../domain/Cost.ts"
import type { Called, Charge, Settled } from "../../ledger/Entry.ts"
import * as Counter from "./Counter.ts"
import { Dropped } from "../Dropped.ts"
import { Meters } from "./Meters.ts"
import { counters, histograms } from "./metrics.ts"
import * as Series from "./Series.ts"
import type { Exchange } from "../Telemetry.ts"
import { make as tills, mostTills } from "./tills.ts"

/** What takes note of requests and answers. */
export const make = Effect.gen(function* () {
  const meters = yield* Meters

  const counted = {
    requests: Counter.make(["provider", "model", "outcome", "streamed"]),
    attempts: Counter.make(["provider", "deployment", "outcome"]),
    retries: Counter.make(["provider"]),
    fallbacks: Counter.make(["from", "to"]),
    resumptions: Counter.make(["how"]),
    tokens: Counter.make(["provider", "model", "type"], 5 * (mostTills + 1)),
    cost: Counter.make(["provider", "model"]),
    unpriced: Counter.make(["provider", "model"]),
    usageSource: Counter.make(["source"])
  }
  yield* Effect.forEach(
    [
      [counters.requests, counted.requests],
      [counters.attempts, counted.attempts],
      [counters.retries, counted.retries],
      [counters.fallbacks, counted.fallbacks],
      [counters.resumptions, counted.resumptions],
      [counters.tokens, counted.tokens],
      [counters.cost, counted.cost],
      [counters.unpriced, counted.unpriced],
      [counters.usageSource, counted.usageSource]
    ] as const,
    ([metric, { read }]) => meters.observe(metric, read),
    { discard: true }
  )
  const dropped = yield* Dropped
  yield* meters.observe(counters.dropped, (tell) => {
    tell(dropped.traces, { signal: "traces" })
    tell(dropped.logs, { signal: "logs" })
    tell(dropped.metrics, { signal: "metrics" })
  })
  const recorded = {
    duration: meters.histogram(histograms.duration),
    tokens: meters.histogram(histograms.tokens),
    firstToken: meters.histogram(histograms.firstToken),
    perToken: meters.histogram(histograms.perToken),
    queue: meters.histogram(histograms.queue),
    overhead: meters.histogram(histograms.overhead),
    http: meters.histogram(histograms.http)
  }
  const seriesOf = Series.make(counted.requests)
  const tillOf = tills(counted)

  const charged = (call: Called, { usage, cost }: Charge): void => {
    const till = tillOf(call.provider, call.model)
    till.input.value += usage.promptTokens
    till.output.value += usage.completionTokens
    till.cached.value += usage.cachedTokens
    till.cacheWrite.value += usage.cacheWriteTokens
    till.reasoning.value += usage.reasoningTokens
    if (cost) till.cost().value += totalNanos(cost)
    else till.unpriced().value++
    counted.usageSource.cell(usage.source).value++
  }

  const called = (call: Called, before: Called | undefined): void => {
    counted.attempts.cell(call.provider, call.deployment, call.outcome).value++
    if (before?.deployment === call.deployment) counted.retries.cell(call.provider).value++
    else if (before) counted.fallbacks.cell(before.deployment, call.deployment).value++
    if (call.resumed) counted.resumptions.cell(call.resumed).value++
    if (call.charge) charged(call, call.charge)
    else if (call.outcome === "answered") counted.usageSource.cell("unknown").value++
  }

  return {
    settled: (settled: Settled): void => {
      const { calls, durationMs, firstTokenMs, queueMs, upstreamMs } = settled
      const { attributes, input, output, requests } = seriesOf(settled)
      requests.value++
      let before: Called | undefined
      let [read, written, shown] = [0, 0, 0]
      let isCharged = false
      for (const call of calls) {
        called(call, before)
        before = call
        if (!call.charge) continue
        isCharged = true
        read += call.charge.usage.promptTokens
        written += call.charge.usage.completionTokens
        if (call.showed) shown += call.charge.usage.completionTokens
      }
      record(recorded.duration, durationMs / 1000, attributes)
      record(recorded.overhead, (durationMs - upstreamMs - queueMs) / 1000, attributes)
      if (before) record(recorded.queue, queueMs / 1000, attributes)
      if (isCharged) {
        record(recorded.tokens, read, input)
        record(recorded.tokens, written, output)
      }
      if (!settled.streamed || firstTokenMs === undefined) return
      record(recorded.firstToken, firstTokenMs / 1000, attributes)
      if (settled.outcome !== "ok" || shown < 2) return
      record(recorded.perToken, (durationMs - firstTokenMs) / 1000 / (shown - 1), attributes)
    },
    exchanged: exchanges(recorded.http)
  }
})

/** A clock that was read out of order makes nothing negative. */
const record = (histogram: Histogram, value: number, attributes: Attributes): void =>
  histogram.record(Math.max(0, value), attributes)

const methods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])

const exchanges = (histogram: Histogram) => {
  const all = new Map<string, Attributes>()
  return ({ method, route = "unknown", status, durationMs }: Exchange): void => {
    const name = methods.has(method) ? method : "_OTHER"
    const key = `${name} ${status} ${route}`
    let attributes = all.get(key)
    if (!attributes) {
      attributes = {
        "http.request.method": name,
        "http.response.status_code": status,
        "http.route": route
      }
      // Statuses and routes are the gateway's own: there are few.
      all.set(key, attributes)
    }
    record(histogram, durationMs / 1000, attributes)
  }
}
