import { assert, assertEquals } from "@std/assert"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { Meters } from "../../../src/telemetry/metrics/Meters.ts"
import { counters, gauges, histograms } from "../../../src/telemetry/metrics/metrics.ts"
import { Performance } from "../../../src/telemetry/window/Performance.ts"
import { metricName } from "../../../src/telemetry/prometheus/names.ts"
import { Prometheus } from "../../../src/telemetry/prometheus/Prometheus.ts"
import { Telemetry } from "../../../src/telemetry/Telemetry.ts"
import { test } from "../../kit/effect.ts"
import { type Family, parse, total } from "../exposition.ts"
import { layer } from "../layers.ts"
import { called, settled, usage } from "../settled.ts"

const scraped = Prometheus.use(({ scrape }) => Effect.map(scrape, parse))

test("names are as Prometheus has them: units and _total at the end", () =>
  Effect.sync(() => {
    const names = [...Object.values(counters), ...Object.values(gauges)].map(
      ({ name, unit, kind }) => metricName(name, unit, kind === "counter")
    )
    for (
      const name of [
        "penstock_requests_total",
        "penstock_cost_nanodollars_total",
        "penstock_circuit_state",
        "process_memory_usage_bytes",
        "process_uptime_seconds",
        "process_cpu_time_seconds_total",
        "penstock_event_loop_lag_seconds"
      ]
    ) assert(names.includes(name), name)
    assertEquals(
      Object.values(histograms).map(({ name, unit }) => metricName(name, unit, false)),
      [
        "gen_ai_client_operation_duration_seconds",
        "gen_ai_client_token_usage",
        "gen_ai_server_time_to_first_token_seconds",
        "gen_ai_server_time_per_output_token_seconds",
        "penstock_queue_duration_seconds",
        "penstock_overhead_duration_seconds",
        "http_server_request_duration_seconds"
      ]
    )
  }))

test("what was settled between two scrapes is the difference of the counters", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    telemetry.settled(settled())
    const before = yield* scraped
    const broken = called({
      provider: "anthropic",
      deployment: "claude-3@anthropic",
      model: "claude-3",
      outcome: "server",
      charge: undefined
    })
    const requests = [
      settled(),
      settled({ outcome: "timeout", calls: [broken, { ...broken, number: 2 }] }),
      settled({
        streamed: true,
        calls: [
          broken,
          called({ number: 2, resumed: "prefill" }),
          called({ number: 3, charge: { usage: usage(7, 8), cost: undefined, rates: undefined } })
        ]
      })
    ]
    for (const one of requests) telemetry.settled(one)
    const after = yield* scraped
    const grew = (name: string, labels: Record<string, string> = {}) =>
      total(after, name, labels) - total(before, name, labels)
    assertEquals(grew("penstock_requests_total"), 3)
    assertEquals(grew("penstock_requests_total", { outcome: "timeout" }), 1)
    assertEquals(grew("penstock_requests_total", { streamed: "true", provider: "openai" }), 1)
    assertEquals(grew("penstock_attempts_total"), 6)
    assertEquals(
      grew("penstock_attempts_total", { deployment: "claude-3@anthropic", outcome: "server" }),
      3
    )
    assertEquals(grew("penstock_retries_total", { provider: "anthropic" }), 1)
    assertEquals(grew("penstock_retries_total", { provider: "openai" }), 1)
    assertEquals(
      grew("penstock_fallbacks_total", { from: "claude-3@anthropic", to: "gpt-4@openai" }),
      1
    )
    assertEquals(grew("penstock_resumptions_total", { how: "prefill" }), 1)
    assertEquals(grew("penstock_tokens_total", { model: "gpt-4", type: "input" }), 10 + 10 + 7)
    assertEquals(grew("penstock_tokens_total", { model: "gpt-4", type: "output" }), 21 + 21 + 8)
    assertEquals(grew("penstock_cost_nanodollars_total", { provider: "openai" }), 2000)
    assertEquals(grew("penstock_unpriced_total", { model: "gpt-4" }), 1)
    assertEquals(grew("penstock_usage_source_total", { source: "reported" }), 3)
    const duration = "gen_ai_client_operation_duration_seconds"
    assertEquals(grew(`${duration}_count`, { gen_ai_response_model: "gpt-4" }), 3)
    assertEquals(grew(`${duration}_count`, { error_type: "timeout" }), 1)
    assertEquals(grew("gen_ai_client_token_usage_sum", { gen_ai_token_type: "output" }), 21 + 29)
  }).pipe(Effect.provide(layer)))

/** A histogram's samples with these labels: what each bound has, the sum and the count. */
const histogramOf = (family: Family | undefined, label: string, value: string) => {
  const own = family!.samples.filter(({ labels }) => labels[label] === value)
  const of = (suffix: string) => own.filter(({ name }) => name.endsWith(suffix))
  return {
    buckets: new Map(of("_bucket").map(({ labels, value }) => [labels.le, value])),
    sum: of("_sum")[0]?.value,
    count: of("_count")[0]?.value
  }
}

test("a histogram's buckets are exact, also at their bounds, and hold those below them", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    const ms = [0, 125, 125.1, 250, 500, 501, 1000, 3000, 5_000_000]
    for (const status of [200, 404]) {
      for (const durationMs of ms) {
        telemetry.exchanged({ method: "GET", route: "/docs", status, durationMs })
        // In steps of their own, whose buckets are of different widths.
        if (status === 404) yield* scraped
      }
    }
    const http = (yield* scraped).get("http_server_request_duration_seconds")
    assertEquals([http?.type, http?.unit], ["histogram", "seconds"])
    for (const status of ["200", "404"]) {
      const { buckets, sum, count } = histogramOf(http, "http_response_status_code", status)
      assertEquals(
        ["0.0625", "0.125", "0.25", "0.5", "1", "2", "4", "1024", "+Inf"].map((le) =>
          buckets.get(le)
        ),
        [1, 2, 4, 5, 7, 7, 8, 8, 9],
        status
      )
      assertEquals(count, 9)
      assert(Math.abs(sum! - ms.reduce((a, b) => a + b) / 1000) < 1e-9)
    }
  }).pipe(Effect.provide(layer)))

test("tokens have bounds that are powers of four", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    telemetry.settled(settled({
      calls: [called({ charge: { ...called().charge!, usage: usage(16, 17) } })]
    }))
    const tokens = (yield* scraped).get("gen_ai_client_token_usage")
    const input = histogramOf(tokens, "gen_ai_token_type", "input").buckets
    const output = histogramOf(tokens, "gen_ai_token_type", "output").buckets
    assertEquals([input.get("4"), input.get("16"), input.get("64")], [0, 1, 1])
    assertEquals([output.get("4"), output.get("16"), output.get("64")], [0, 0, 1])
  }).pipe(Effect.provide(layer)))

test("counters never go down, and scrapers at once disturb neither each other nor a window", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    let last: ReadonlyMap<string, Family> = new Map()
    for (let round = 1; round <= 20; round++) {
      telemetry.settled(settled({ durationMs: round }))
      const [one, other] = yield* Effect.all([scraped, scraped], { concurrency: 2 })
      yield* TestClock.adjust(3000)
      assertEquals(total(one, "gen_ai_client_operation_duration_seconds_count"), round)
      assertEquals(total(one, "penstock_requests_total"), round)
      assertEquals(other, one)
      for (const [name, { type, samples }] of last) {
        if (type === "gauge") continue
        for (const { name: series, labels, value } of samples) {
          assert(total(one, series, labels) >= value, `${name} went down`)
        }
      }
      last = one
    }
    const { all } = yield* Performance.use(({ report }) => report(3_600_000))
    assertEquals(all.requests, 20)
  }).pipe(Effect.provide(layer)))

test("a gauge is read at each scrape, and is gone with whom it is of", () =>
  Effect.gen(function* () {
    const meters = yield* Meters
    let depth = 1
    let actors = ["one", 'two "\\\n']
    const look = Effect.map(
      scraped,
      (families) =>
        families.get("penstock_mailbox_depth")?.samples.map((
          { labels, value }
        ) => [labels.actor, value])
    )
    yield* Effect.scoped(Effect.gen(function* () {
      yield* meters.observe(gauges.mailboxDepth, (tell) => {
        for (const actor of actors) tell(depth, { actor })
      })
      assertEquals(yield* look, [["one", 1], ['two "\\\n', 1]])
      depth = 7
      actors = ["two"]
      assertEquals(yield* look, [["two", 7]])
    }))
    assertEquals(yield* look, undefined)
  }).pipe(Effect.provide(layer)))

const withVariables = (record: Record<string, string>) =>
  layer.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord(record))))

test("target_info tells who it is, as the variables have it", () =>
  Effect.gen(function* () {
    const target = (variables: Record<string, string>) =>
      Effect.map(
        scraped.pipe(Effect.provide(withVariables(variables))),
        (families) => families.get("target_info")!.samples[0]!
      )
    const plain = yield* target({})
    assertEquals([plain.labels.service_name, plain.value], ["penstock", 1])
    const { labels } = yield* target({
      OTEL_SERVICE_NAME: "gate",
      OTEL_RESOURCE_ATTRIBUTES: "service.name=lost, deployment.environment=a%20b"
    })
    assertEquals([labels.service_name, labels.deployment_environment], ["gate", "a b"])
    const wrong = yield* target({ OTEL_RESOURCE_ATTRIBUTES: "ok=1,nonsense" })
    assertEquals([wrong.labels.service_name, wrong.labels.ok], ["penstock", undefined])
  }))
