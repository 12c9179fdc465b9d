import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert"
import { Dropped } from "../../../src/telemetry/Dropped.ts"
import * as Logs from "../../../src/telemetry/logs/logs.ts"
import { Meters } from "../../../src/telemetry/metrics/Meters.ts"
import { counters, histograms } from "../../../src/telemetry/metrics/metrics.ts"
import * as Otlp from "../../../src/telemetry/otlp/Otlp.ts"
import { RequestLog } from "../../../src/telemetry/logs/RequestLog.ts"
import { make as makeScrubber, Scrubber } from "../../../src/telemetry/logs/Scrubber.ts"
import { Traces } from "../../../src/telemetry/traces/Traces.ts"
import { liveTest } from "../../kit/effect.ts"
import * as Collector from "../../kit/otlp.ts"
import { called, settled, usage } from "../settled.ts"

/** Everything that tells, in a scope of its own, so that a test can close it. */
const startTelling = Effect.fnUntraced(function* (env: Record<string, string>) {
  const lines: Array<string> = []
  const dropped = { traces: 0, logs: 0, metrics: 0 }
  const scope = yield* Scope.make()
  const sink = (bytes: Uint8Array) => {
    lines.push(...new TextDecoder().decode(bytes).trimEnd().split("\n"))
    return Promise.resolve()
  }
  const context = yield* Layer.buildWithScope(
    Layer.mergeAll(Traces.layer, RequestLog.layer("all"), Meters.layer).pipe(
      Layer.provide(Otlp.layer),
      Layer.provide(Logs.layer(sink)),
      Layer.provide([
        Layer.succeed(Dropped, dropped),
        Layer.succeed(Scrubber, makeScrubber()),
        ConfigProvider.layer(ConfigProvider.fromEnvRecord(env))
      ])
    ),
    scope
  )
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  return {
    traces: Context.get(context, Traces),
    requestLog: Context.get(context, RequestLog),
    meters: Context.get(context, Meters),
    lines,
    dropped,
    close: Scope.close(scope, Exit.void)
  }
})

const variables = (url: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20collector-secret",
  OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test%20one",
  OTEL_BSP_SCHEDULE_DELAY: "10",
  OTEL_BLRP_SCHEDULE_DELAY: "10",
  OTEL_METRIC_EXPORT_INTERVAL: "50"
})

const traceId = "0af7651916cd43dd8448eb211c80319c"
const clientSpan = "b7ad6b7169203331"
const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
const nanos = (ms: number) => BigInt(at) * 1_000_000n + BigInt(ms * 1_000_000)

/** One that was refused by one provider, and answered by another. */
const over = settled({
  id: "req_otlp",
  at,
  asked: "auto",
  model: "claude-3",
  provider: "anthropic",
  streamed: true,
  durationMs: 250.25,
  firstTokenMs: 120,
  calls: [
    called({
      outcome: "rate_limited",
      status: 429,
      showed: false,
      charge: undefined,
      startedMs: 1.5,
      durationMs: 20
    }),
    called({
      number: 2,
      deployment: "claude-3@anthropic",
      model: "claude-3",
      provider: "anthropic",
      startedMs: 30,
      durationMs: 220,
      firstTokenMs: 90,
      charge: {
        usage: { ...usage(100, 20), cachedTokens: 60, cacheWriteTokens: 5, reasoningTokens: 7 },
        cost: { inputNanos: 1500, outputNanos: 500 },
        rates: { input: 1, output: 1 }
      }
    })
  ]
})

liveTest(
  "a collector is sent a span for each request, and one within for each call",
  () =>
    Effect.gen(function* () {
      const collector = yield* Collector.start()
      const { traces } = yield* startTelling(variables(collector.url))
      const context = traces.begin(`00-${traceId}-${clientSpan}-01`, "vendor=1")
      traces.tell(over, context)
      yield* collector.until((all) => all.spans().length === 3)

      const [root, first, second] = collector.spans()
      assertEquals(root, {
        resource: root!.resource,
        scope: "penstock",
        name: "chat auto",
        kind: "server",
        traceId,
        spanId: context!.spanId,
        parentSpanId: clientSpan,
        traceState: "vendor=1",
        start: nanos(0),
        end: nanos(250.25),
        status: { code: "unset", message: "" },
        attributes: {
          "gen_ai.operation.name": "chat",
          "gen_ai.provider.name": "anthropic",
          "gen_ai.request.model": "auto",
          "gen_ai.response.model": "claude-3",
          "gen_ai.request.stream": true,
          "gen_ai.response.time_to_first_chunk": 0.12,
          "gen_ai.usage.input_tokens": 100,
          "gen_ai.usage.output_tokens": 20,
          "gen_ai.usage.cache_read.input_tokens": 60,
          "gen_ai.usage.cache_creation.input_tokens": 5,
          "gen_ai.usage.reasoning.output_tokens": 7,
          "penstock.usage.source": "reported",
          "penstock.request.id": "req_otlp",
          "penstock.outcome": "ok",
          "penstock.attempts": 2,
          "penstock.cost.nanodollars": 2000
        }
      })
      for (const span of [first!, second!]) {
        assertEquals(span.traceId, traceId)
        assertEquals(span.parentSpanId, root!.spanId)
        assertEquals(span.kind, "client")
        assertEquals(span.attributes["penstock.request.id"], "req_otlp")
      }
      assertNotEquals(first!.spanId, second!.spanId)
      assertEquals(first!.name, "chat gpt-4")
      assertEquals([first!.start, first!.end], [nanos(1.5), nanos(21.5)])
      assertEquals(first!.status, { code: "error", message: "rate_limited" })
      assertEquals(first!.attributes["error.type"], "rate_limited")
      assertEquals(first!.attributes["http.response.status_code"], 429)
      assertEquals(first!.attributes["penstock.attempt.number"], 1)
      assertEquals(first!.attributes["penstock.deployment"], "gpt-4@openai")
      assertEquals("penstock.cost.nanodollars" in first!.attributes, false)
      assertEquals(second!.name, "chat claude-3")
      assertEquals(second!.status.code, "unset")
      assertEquals(second!.attributes["gen_ai.provider.name"], "anthropic")
      assertEquals(second!.attributes["penstock.cost.nanodollars"], 2000)

      assertEquals(root!.resource["service.name"], "penstock")
      assertEquals(root!.resource["deployment.environment.name"], "test one")
      const { headers, path } = collector.received[0]!
      assertEquals(path, "/v1/traces")
      assertEquals(headers.get("content-type"), "application/x-protobuf")
      assertEquals(headers.get("authorization"), "Bearer collector-secret")
    })
)

liveTest("a failure is told by its outcome, and by nothing else", () =>
  Effect.gen(function* () {
    const collector = yield* Collector.start()
    const { traces } = yield* startTelling({ ...variables(collector.url), OTEL_SERVICE_NAME: "a" })
    traces.tell(
      settled({ at, outcome: "timeout", calls: [called({ outcome: "timeout_idle" })] }),
      traces.begin(null, null)
    )
    yield* collector.until((all) => all.spans().length === 2)
    const [root, call] = collector.spans()
    assertEquals(root!.status, { code: "error", message: "timeout" })
    assertEquals(root!.attributes["error.type"], "timeout")
    assertEquals(root!.parentSpanId, "")
    assertEquals(call!.parentSpanId, root!.spanId)
    assertEquals(call!.status, { code: "error", message: "timeout_idle" })
    assertEquals(root!.resource["service.name"], "a")
  }))

liveTest(
  "which traces are exported is the sampler's to say, and the client's where it asks so",
  () =>
    Effect.gen(function* () {
      const collector = yield* Collector.start()
      const sampled = (name: string, ratio: string, traceparent: string | null) =>
        Effect.scoped(Effect.gen(function* () {
          const { traces } = yield* startTelling({
            ...variables(collector.url),
            OTEL_TRACES_SAMPLER: name,
            OTEL_TRACES_SAMPLER_ARG: ratio
          })
          const context = traces.begin(traceparent, null)
          traces.tell(settled({ id: name, at }), context)
          return context?.sampled
        }))
      const yes = `00-${traceId}-${clientSpan}-01`
      const no = `00-${traceId}-${clientSpan}-00`
      assertEquals(yield* sampled("always_off", "1", yes), false)
      assertEquals(yield* sampled("traceidratio", "0", null), false)
      assertEquals(yield* sampled("parentbased_always_on", "1", no), false)
      assertEquals(yield* sampled("parentbased_traceidratio", "0", null), false)
      assertEquals(yield* sampled("parentbased_traceidratio", "0", no), false)
      assertEquals(collector.spans(), [])
      assertEquals(yield* sampled("always_on", "1", no), true)
      assertEquals(yield* sampled("traceidratio", "1", no), true)
      assertEquals(yield* sampled("parentbased_always_off", "1", yes), true)
      assertEquals(yield* sampled("unheard_of", "1", null), true)
      assertEquals(collector.spans().length, 8)
    })
)

liveTest(
  "a collector is sent what is logged, with the ids of the trace",
  () =>
    Effect.gen(function* () {
      const collector = yield* Collector.start()
      const { lines, requestLog } = yield* startTelling(variables(collector.url))
      const context = { traceId, spanId: clientSpan, sampled: false }
      requestLog.tell(settled({ outcome: "stream_error" }), context)
      requestLog.tell(settled(), undefined)
      yield* collector.until((all) => all.logs().length === 2)
      const [log, other] = collector.logs()
      const told = JSON.parse(lines[0]!)
      assertEquals(log!.body, "A request is over")
      assertEquals([log!.severity, log!.severityText], [13, "WARN"])
      assertEquals([log!.traceId, log!.spanId], [traceId, clientSpan])
      assertEquals(log!.attributes["request_id"], "req_1")
      assertEquals(log!.attributes["outcome"], "stream_error")
      assertEquals(log!.attributes["cost_nanodollars"], 1000)
      assertEquals(log!.time, BigInt(Date.parse(told.time)) * 1_000_000n)
      assertEquals(log!.resource["service.name"], "penstock")
      assertEquals(log!.scope, "penstock")
      assertEquals([other!.severity, other!.traceId], [9, ""])
    })
)

liveTest(
  "a collector is sent what is measured, again and again, and a last time on closing",
  () =>
    Effect.gen(function* () {
      const collector = yield* Collector.start()
      const { close, meters } = yield* startTelling(variables(collector.url))
      yield* meters.observe(counters.cost, (tell) => tell(1000, { model: "gpt-4" }))
      const chat = { "gen_ai.operation.name": "chat" }
      const tally = meters.values.tally(histograms.duration, chat)
      tally.record(0.25)
      const named = (name: string) => collector.metrics().filter((metric) => metric.name === name)
      yield* collector.until(() => named("penstock.cost").length > 1)

      const cost = named("penstock.cost")[0]!
      assertEquals([cost.kind, cost.unit], ["sum", "{nanodollar}"])
      assertEquals(cost.points, [{ attributes: { model: "gpt-4" }, value: 1000 }])
      assertEquals(cost.resource["service.name"], "penstock")
      assertEquals(cost.scope, "penstock")
      const duration = named("gen_ai.client.operation.duration")[0]!
      assertEquals(duration.unit, "s")
      assertEquals(duration.kind, "histogram")
      assertEquals(duration.resource["service.name"], "penstock")
      assertEquals(duration.points, [{ attributes: chat, value: 1 }])

      tally.record(0.5)
      yield* close
      assertEquals(named("gen_ai.client.operation.duration").at(-1)!.points[0]!.value, 2)
    })
)

liveTest("a collector that prefers deltas is sent each value once", () =>
  Effect.gen(function* () {
    const preference = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"
    yield* Effect.acquireRelease(
      Effect.sync(() => Deno.env.set(preference, "delta")),
      () => Effect.sync(() => Deno.env.delete(preference))
    )
    const collector = yield* Collector.start()
    const { close, meters } = yield* startTelling(variables(collector.url))
    const tally = meters.values.tally(histograms.duration, { "gen_ai.operation.name": "chat" })
    const told = () =>
      collector.metrics().filter(({ name }) => name === histograms.duration.name)
        .flatMap(({ points }) => points.map(({ value }) => value))
    tally.record(0.25)
    yield* collector.until(() => told().length === 1)
    tally.record(0.5)
    tally.record(0.5)
    yield* close
    assertEquals(told(), [1, 2])
  }))

/** A port where nobody listens. */
const deadUrl = () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 })
  listener.close()
  return `http://127.0.0.1:${listener.addr.port}`
}

// The exporters of OpenTelemetry leave a timer behind when they are told to stop trying.
const loose = { sanitizeOps: false, sanitizeResources: false }

for (
  const [how, start] of [
    ["is not there", Effect.sync(deadUrl)],
    ["never answers", Effect.map(Collector.start("silent"), ({ url }) => url)],
    ["refuses", Effect.map(Collector.start({ status: 400 }), ({ url }) => url)]
  ] as const
) {
  liveTest(
    `O8: a collector that ${how} costs what it should have had, counted, and 2 s on closing`,
    () =>
      Effect.gen(function* () {
        const url = yield* start
        const { close, dropped, lines, meters, requestLog, traces } = yield* startTelling({
          ...variables(url.replace("http://", "http://user:collector-password@")),
          OTEL_BSP_MAX_QUEUE_SIZE: "100",
          OTEL_BLRP_MAX_QUEUE_SIZE: "100"
        })
        yield* meters.observe(counters.cost, (tell) => tell(1))
        const began = performance.now()
        for (let request = 0; request < 1000; request++) {
          traces.tell(settled({ at }), traces.begin(null, null))
          requestLog.tell(settled({ outcome: "timeout" }), undefined)
        }
        const took = performance.now() - began
        assert(took < 2000, `${took} ms`)
        // Two spans each, of which the queue keeps the latest.
        assert(dropped.traces >= 2000 - 200, `${dropped.traces} spans`)
        yield* Effect.sleep("200 millis")
        const closing = performance.now()
        yield* close
        const closed = performance.now() - closing
        assert(closed < 3500, `${closed} ms`)
        assertEquals(dropped.traces, 2000)
        assertEquals(dropped.logs, 1000)
        assert(dropped.metrics >= 1, `${dropped.metrics} points`)
        const warnings = lines.filter((line) => line.includes("The collector at"))
        assert(warnings.length <= 3, warnings.join("\n"))
        assertEquals(/collector-(secret|password)/.test(lines.join("\n")), false)
      }),
    loose
  )
}

liveTest("a collector that is back is sent what comes then", () =>
  Effect.gen(function* () {
    const collector = yield* Collector.start({ status: 400 })
    const { dropped, lines, traces } = yield* startTelling(variables(collector.url))
    traces.tell(settled({ id: "lost", at }), traces.begin(null, null))
    yield* collector.until(({ received }) => received.length === 1)
    yield* Effect.sync(() => dropped.traces).pipe(
      Effect.delay("5 millis"),
      Effect.repeat({ until: (count) => count === 2 }),
      Effect.timeout("5 seconds")
    )
    collector.behave("take")
    traces.tell(settled({ id: "kept", at }), traces.begin(null, null))
    yield* collector.until((all) => all.spans().length === 4)
    assertEquals(collector.spans()[2]!.attributes["penstock.request.id"], "kept")
    assertEquals(dropped.traces, 2)
    assertMatch(lines.join("\n"), /"warn".*The collector at 127\.0\.0\.1:\d+ takes no traces: 400/)
  }), loose)

liveTest(
  "without a collector nothing is begun, measured elsewhere or sent",
  () =>
    Effect.gen(function* () {
      const { dropped, lines, traces } = yield* startTelling({})
      assertEquals(traces.begin(null, null), undefined)
      traces.tell(settled(), traces.begin(`00-${traceId}-${clientSpan}-01`, null))
      assertEquals(dropped, { traces: 0, logs: 0, metrics: 0 })
      assertEquals(lines, [])
    })
)
