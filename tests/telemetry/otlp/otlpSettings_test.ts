import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { assertEquals, assertMatch } from "@std/assert"
import { otlpSettings } from "../../../src/telemetry/otlp/otlpSettings.ts"
import { test } from "../../kit/effect.ts"

const read = (env: Record<string, string>) =>
  Effect.provide(
    otlpSettings,
    ConfigProvider.layer(ConfigProvider.fromEnvRecord(env))
  )

const urlsOf = (env: Record<string, string>) =>
  Effect.map(
    read(env),
    ({ logs, metrics, traces }) => [traces, metrics, logs].map((target) => target?.url)
  )

const none = [undefined, undefined, undefined]
const OTEL_EXPORTER_OTLP_ENDPOINT = "http://collector:4318"

test("nothing is exported unless an endpoint or an exporter is named", () =>
  Effect.gen(function* () {
    assertEquals(yield* urlsOf({}), none)
    assertEquals(yield* urlsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: " " }), none)
    const all = (origin: string) => ["traces", "metrics", "logs"].map((s) => `${origin}/v1/${s}`)
    assertEquals(yield* urlsOf({ OTEL_EXPORTER_OTLP_ENDPOINT }), all("http://collector:4318"))
    assertEquals(
      yield* urlsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector/otlp/" }),
      all("https://collector/otlp")
    )
    assertEquals(yield* urlsOf({ OTEL_TRACES_EXPORTER: "otlp" }), [
      "http://localhost:4318/v1/traces",
      undefined,
      undefined
    ])
    // One signal's own address is taken as it stands.
    assertEquals(
      yield* urlsOf({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://prometheus/otlp" }),
      [undefined, "http://prometheus/otlp", undefined]
    )
  }))

test("each signal, and all of it, can be switched off", () =>
  Effect.gen(function* () {
    assertEquals(yield* urlsOf({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: "TRUE" }), none)
    assertEquals(
      yield* urlsOf({
        OTEL_EXPORTER_OTLP_ENDPOINT,
        OTEL_METRICS_EXPORTER: "none",
        OTEL_LOGS_EXPORTER: "none"
      }),
      ["http://collector:4318/v1/traces", undefined, undefined]
    )
  }))

test("headers are merged, decoded, and shown to nobody", () =>
  Effect.gen(function* () {
    const settings = yield* read({
      OTEL_EXPORTER_OTLP_ENDPOINT,
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Basic%20abc%3D,x=1,odd,=odd",
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: "x=2"
    })
    assertEquals(Redacted.value(settings.traces!.headers), { authorization: "Basic abc=", x: "1" })
    assertEquals(Redacted.value(settings.logs!.headers), { authorization: "Basic abc=", x: "2" })
    assertEquals(/abc/.test(JSON.stringify(settings) + Deno.inspect(settings)), false)
  }))

test("times and sizes are as the specification has them, or as they are set", () =>
  Effect.gen(function* () {
    const usual = yield* read({ OTEL_EXPORTER_OTLP_ENDPOINT })
    assertEquals(usual.traces!.timeoutMs, 10_000)
    const size = { queue: 2048, batch: 512, timeoutMs: 30_000 }
    assertEquals(usual.traces!.size, { ...size, intervalMs: 5000 })
    assertEquals(usual.logs!.size, { ...size, intervalMs: 1000 })
    assertEquals(usual.metrics!.size.intervalMs, 60_000)
    const set = yield* read({
      OTEL_EXPORTER_OTLP_ENDPOINT,
      OTEL_EXPORTER_OTLP_TIMEOUT: "2000",
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: "3000",
      OTEL_BSP_SCHEDULE_DELAY: "10",
      OTEL_BSP_MAX_QUEUE_SIZE: "20",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "30",
      OTEL_BSP_EXPORT_TIMEOUT: "40",
      OTEL_BLRP_SCHEDULE_DELAY: "soon",
      OTEL_METRIC_EXPORT_INTERVAL: "50",
      OTEL_TRACES_SAMPLER: "traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.25"
    })
    assertEquals(set.traces!.timeoutMs, 2000)
    assertEquals(set.logs!.timeoutMs, 3000)
    assertEquals(set.traces!.size, { queue: 20, batch: 20, intervalMs: 10, timeoutMs: 40 })
    assertEquals(set.logs!.size.intervalMs, 1000)
    assertEquals(set.metrics!.size.intervalMs, 50)
    assertEquals(set.sampler, { name: "traceidratio", ratio: 0.25 })
    assertEquals(set.warnings, [
      "OTEL_BLRP_SCHEDULE_DELAY is ignored: it is no whole number above 0"
    ])
  }))

test("what is set and cannot be done is a warning, and holds up nothing", () =>
  Effect.gen(function* () {
    const { logs, metrics, traces, warnings } = yield* read({
      OTEL_EXPORTER_OTLP_ENDPOINT,
      OTEL_TRACES_EXPORTER: "zipkin",
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "user:secret@nowhere"
    })
    assertEquals(traces, undefined)
    assertEquals(metrics?.url, "http://collector:4318/v1/metrics")
    assertEquals(logs, undefined)
    assertEquals(warnings.length, 3)
    assertMatch(warnings.join("\n"), /zipkin.*\n.*grpc.*http\/protobuf.*4318\n.*no http/)
    assertEquals(/secret/.test(warnings.join()), false)
  }))
