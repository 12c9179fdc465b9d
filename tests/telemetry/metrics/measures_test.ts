import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { Prometheus } from "../../../src/telemetry/prometheus/Prometheus.ts"
import { mostSeries } from "../../../src/telemetry/metrics/Series.ts"
import { Telemetry } from "../../../src/telemetry/Telemetry.ts"
import { mostTills } from "../../../src/telemetry/metrics/tills.ts"
import { test } from "../../kit/effect.ts"
import { type Family, parse, total } from "../exposition.ts"
import { layer } from "../layers.ts"
import { called, settled, usage } from "../settled.ts"

const scraped = Prometheus.use(({ scrape }) => Effect.map(scrape, parse))

const sum = (families: ReadonlyMap<string, Family>, name: string) => total(families, `${name}_sum`)
const count = (families: ReadonlyMap<string, Family>, name: string) =>
  total(families, `${name}_count`)

const stream = settled({ streamed: true, durationMs: 2500, firstTokenMs: 500 })

const firstToken = "gen_ai_server_time_to_first_token_seconds"
const perToken = "gen_ai_server_time_per_output_token_seconds"

test("the time per token is of the tokens after the first, and the wait is before it", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    telemetry.settled(stream)
    const families = yield* scraped
    assertEquals(sum(families, firstToken), 0.5)
    assertEquals(sum(families, perToken), 2 / 20)
    assertEquals(sum(families, "penstock_queue_duration_seconds"), 0.004)
    assert(Math.abs(sum(families, "penstock_overhead_duration_seconds") - 2.406) < 1e-9)
  }).pipe(Effect.provide(layer)))

test("the time per token is told only of whole streams with two tokens or more", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    const short = called({ charge: { ...called().charge!, usage: usage(1, 1) } })
    telemetry.settled({ ...stream, calls: [short] })
    telemetry.settled({ ...stream, outcome: "stream_error" })
    telemetry.settled({ ...stream, outcome: "client_abort" })
    telemetry.settled({ ...stream, outcome: "filtered" })
    telemetry.settled(settled())
    const families = yield* scraped
    assertEquals([count(families, firstToken), count(families, perToken)], [4, 0])
  }).pipe(Effect.provide(layer)))

test("only tokens that the client was shown count for the time that they took", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    const unseen = called({ showed: false, outcome: "server" })
    telemetry.settled({ ...stream, calls: [unseen, called({ number: 2 })] })
    const families = yield* scraped
    assertEquals(sum(families, perToken), 2 / 20)
    assertEquals(total(families, "gen_ai_client_token_usage_sum"), 62)
  }).pipe(Effect.provide(layer)))

test("providers have the names of the semantic conventions, and failures an error.type", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    telemetry.settled(settled({ provider: "google", model: "gemini-pro", asked: "auto" }))
    telemetry.settled(settled({ provider: "mistral", outcome: "filtered" }))
    telemetry.settled(settled({ provider: undefined, outcome: "upstream_error", calls: [] }))
    const { samples } = (yield* scraped).get("gen_ai_client_operation_duration_seconds")!
    const labels = samples.filter(({ name }) => name.endsWith("_count")).map(({ labels }) => labels)
    const common = { gen_ai_operation_name: "chat" }
    const asked = { gen_ai_request_model: "gpt-4", gen_ai_response_model: "gpt-4" }
    assertEquals(labels, [
      {
        ...common,
        gen_ai_provider_name: "gcp.gemini",
        gen_ai_request_model: "auto",
        gen_ai_response_model: "gemini-pro"
      },
      { ...common, ...asked, gen_ai_provider_name: "mistral_ai" },
      { ...common, ...asked, gen_ai_provider_name: "unknown", error_type: "upstream_error" }
    ])
  }).pipe(Effect.provide(layer)))

test("what a client asked for is no label unless it was served once", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    const secret = { asked: "sk-secret", model: "sk-secret", provider: undefined, calls: [] }
    telemetry.settled(settled({ ...secret, outcome: "upstream_error" }))
    telemetry.exchanged({ method: "SECRET", route: undefined, status: 404, durationMs: 1 })
    const text = yield* Prometheus.use(({ scrape }) => scrape)
    assert(!/secret/i.test(text))
    assert(text.includes('gen_ai_request_model="unknown"'))
    assert(text.includes('http_request_method="_OTHER"'))
    assert(text.includes('http_route="unknown"'))
  }).pipe(Effect.provide(layer)))

test("there are never more labels than so many: what is too much is counted together", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    const many = mostSeries + 500
    for (let i = 0; i < many; i++) {
      const model = `model-${i}`
      telemetry.settled(settled({ asked: "auto", model, calls: [called({ model })] }))
    }
    const families = yield* scraped
    assertEquals(total(families, "penstock_requests_total"), many)
    assertEquals(total(families, "penstock_tokens_total", { type: "input" }), many * 10)
    assertEquals(count(families, "gen_ai_client_operation_duration_seconds"), many)
    for (const { name, samples } of families.values()) {
      const series = samples.filter(({ name }) => !/_(bucket|sum)$/.test(name)).length
      assert(series <= 5 * (mostTills + 1), `${name} has ${series}`)
    }
    const rest = { model: "other", type: "output" }
    assertEquals(total(families, "penstock_tokens_total", rest), (many - mostTills) * 21)
  }).pipe(Effect.provide(layer)))
