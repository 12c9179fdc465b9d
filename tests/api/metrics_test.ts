import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import { hello } from "../kit/gateway.ts"
import { parse, total } from "../telemetry/exposition.ts"
import { ask, postForEvents, postJson, startBoth } from "./upstreams.ts"

liveTest(
  "/metrics is what Prometheus reads, and has what was asked and answered",
  () =>
    Effect.gen(function* () {
      const { api, url } = yield* startBoth()
      yield* postJson(`${api}/generate`, hello("gpt-4"))
      yield* postForEvents(`${api}/generate/stream`, hello("claude-3"))
      yield* ask(`${url}/nowhere`)
      yield* ask(`${api}/models/gpt-4/status`)
      const { status, headers, text } = yield* ask(`${url}/metrics`)
      assertEquals(status, 200)
      assertEquals(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8")
      const metrics = parse(text)
      assertEquals(total(metrics, "penstock_requests_total", { outcome: "ok" }), 2)
      assertEquals(total(metrics, "gen_ai_server_time_to_first_token_seconds_count"), 1)
      const answers = "http_server_request_duration_seconds_count"
      const declared = { http_route: "/api/v1/llm/models/:model_id/status" }
      assertEquals(total(metrics, answers, declared), 1)
      const streamed = {
        http_route: "/api/v1/llm/generate/stream",
        http_response_status_code: "200"
      }
      assertEquals(total(metrics, answers, streamed), 1)
      const lost = { http_route: "unknown", http_response_status_code: "404" }
      assertEquals(total(metrics, answers, lost), 1)
      assertEquals(total(metrics, "penstock_provider_in_flight", { provider: "openai" }), 0)
      assertEquals(total(metrics, "penstock_actor_running", { actor: "provider/openai" }), 1)
      assertEquals(total(metrics, "penstock_actor_running", { actor: "telemetry/lag" }), 1)
      for (
        const name of [
          "process_memory_usage_bytes",
          "process_memory_heap_bytes",
          "process_uptime_seconds",
          "process_cpu_time_seconds_total"
        ]
      ) assert(total(metrics, name) > 0, name)
      for (
        const name of [
          "penstock_circuit_state",
          "penstock_event_loop_lag_seconds",
          "penstock_ledger_state",
          "penstock_ledger_lost_total",
          "penstock_telemetry_dropped_total"
        ]
      ) assert(metrics.has(name), name)
    })
)

liveTest("/metrics is for those who may scrape", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth()
    const stranger = yield* ask(`${url}/metrics`, { headers: { "x-api-key": "not-a-key" } })
    assertEquals(stranger.status, 401)
    const head = yield* ask(`${url}/metrics`, { method: "HEAD" })
    assertEquals([head.status, head.text], [200, ""])
  }))
