/**
 * Requests as numbers: how their times and tokens are distributed, and how many there were.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { totalNanos } from "../../domain/Cost.ts"
import type { Called, Charge, Settled } from "../../ledger/Entry.ts"
import * as Counter from "./Counter.ts"
import { Dropped } from "../Dropped.ts"
import { Meters } from "./Meters.ts"
import { counters, histograms } from "./metrics.ts"
import * as Series from "./Series.ts"
import type { Tally } from "./Tally.ts"
import type { Exchange } from "../Telemetry.ts"
import { make as tills, mostTills } from "./tills.ts"
import type { Values } from "./Values.ts"

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
  const seriesOf = Series.make(counted.requests, meters.values)
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
      const series = seriesOf(settled)
      series.requests.value++
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
      series.duration.record(durationMs / 1000)
      series.overhead.record((durationMs - upstreamMs - queueMs) / 1000)
      if (before) series.queue.record(queueMs / 1000)
      if (isCharged) {
        series.input.record(read)
        series.output.record(written)
      }
      if (!settled.streamed || firstTokenMs === undefined) return
      series.firstToken.record(firstTokenMs / 1000)
      if (settled.outcome !== "ok" || shown < 2) return
      series.perToken.record((durationMs - firstTokenMs) / 1000 / (shown - 1))
    },
    exchanged: exchanges(meters.values)
  }
})

const methods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])

const exchanges = ({ tally }: Values) => {
  const all = new Map<string, Tally>()
  return ({ method, route = "unknown", status, durationMs }: Exchange): void => {
    const name = methods.has(method) ? method : "_OTHER"
    const key = `${name} ${status} ${route}`
    let own = all.get(key)
    if (!own) {
      own = tally(histograms.http, {
        "http.request.method": name,
        "http.response.status_code": status,
        "http.route": route
      })
      // Statuses and routes are the gateway's own: there are few.
      all.set(key, own)
    }
    own.record(durationMs / 1000)
  }
}
