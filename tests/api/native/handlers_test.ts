import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { hello } from "../../kit/gateway.ts"
import { ask, askJson, postForEvents, postJson, startBoth } from "../upstreams.ts"

liveTest(
  "/models lists every model with its provider, limits and prices",
  () =>
    Effect.gen(function* () {
      const { api } = yield* startBoth()
      const { status, body } = yield* askJson(`${api}/models`)
      assertEquals(status, 200)
      assertEquals(Object.keys(body), ["models"])
      const byId = new Map<string, Record<string, unknown>>(
        body.models.map((model: { id: string }) => [model.id, model])
      )
      for (const [id, provider] of [["gpt-4", "openai"], ["claude-3", "anthropic"]]) {
        assertEquals(byId.get(id!)?.provider, provider)
        assertEquals(byId.get(id!)?.status, "available")
      }
      const { name, alias_of, ...gemini } = byId.get("gemini-pro")!
      assertMatch(String(name), /^Google Gemini Pro/)
      assertEquals(typeof alias_of, "string")
      assertEquals(gemini, {
        id: "gemini-pro",
        provider: "google",
        type: "text",
        status: "available",
        capabilities: [
          "text-generation",
          "conversation",
          "vision",
          "tools",
          "json-schema",
          "reasoning"
        ],
        limits: { max_tokens: 65_536, context_window: 1_048_576 },
        pricing: gemini.pricing
      })
      for (const id of ["gpt-3.5-turbo", "simulator"]) assert(byId.has(id), id)
      assertEquals(byId.size, body.models.length)
    })
)

liveTest(
  "a provider without a key is listed as unavailable, and says which variable to set",
  () =>
    Effect.gen(function* () {
      const { api } = yield* startBoth(undefined, { env: { ANTHROPIC_API_KEY: "" } })
      const { body } = yield* askJson(`${api}/models`)
      const claude = body.models.find(({ id }: { id: string }) => id === "claude-3")
      assertEquals(claude.status, "unavailable")
      assertMatch(claude.reason, /ANTHROPIC_API_KEY/)
      const asked = yield* postJson(`${api}/generate`, hello("claude-3"))
      assertEquals([asked.status, asked.body.error.code], [503, "MODEL_UNAVAILABLE"])
      assertEquals(asked.body.error.details, { model: "claude-3", reason: "not_configured" })
      assertMatch(asked.body.error.message, /ANTHROPIC_API_KEY/)
    })
)

liveTest("/models/{id}/status tells how real requests went", () =>
  Effect.gen(function* () {
    const { api, provider } = yield* startBoth(undefined, {
      config: { retries: { attempts: 1 } }
    })
    const status = Effect.map(askJson(`${api}/models/gpt-4/status`), ({ body }) => body)
    assertEquals(yield* status, {
      model_id: "gpt-4",
      status: "available",
      health: "unknown",
      response_time_ms: null,
      last_check: null,
      error_rate: 0,
      deployments: [{
        id: "gpt-4@openai",
        provider: "openai",
        enabled: true,
        circuit: { state: "closed", consecutive_failures: 0 },
        in_flight: 0,
        latency_ms: null
      }]
    })
    yield* postJson(`${api}/generate`, hello("gpt-4"))
    const healthy = yield* status
    assertEquals(healthy.health, "healthy")
    assert(Number.isInteger(healthy.response_time_ms))
    assertMatch(healthy.last_check, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
    provider.respond(FakeProvider.fail("server"))
    yield* postJson(`${api}/generate`, hello("gpt-4"))
    const failing = yield* status
    assertEquals(failing.error_rate, 0.5)
    assertEquals(failing.deployments[0].circuit, { state: "closed", consecutive_failures: 1 })
    provider.respond(FakeProvider.fail("auth"))
    yield* postJson(`${api}/generate`, hello("gpt-4"))
    const parked = yield* status
    assertEquals([parked.status, parked.reason], [
      "unavailable",
      'Provider "openai" refused our key'
    ])
    assert(parked.deployments[0].circuit.key_parked_ms > 0)
    const { body: { circuits, retries } } = yield* askJson(`${api}/supervision`)
    assertEquals(circuits[0].deployment, "gpt-4@openai")
    assertEquals([retries[0].provider, retries[0].first_calls], ["openai", 3])
  }))

liveTest("the status of a model that is not there is 404", () =>
  Effect.gen(function* () {
    const { api } = yield* startBoth()
    const { status, headers, body } = yield* askJson(`${api}/models/gpt-99/status`)
    assertEquals(status, 404)
    assertEquals(body.error.code, "MODEL_NOT_FOUND")
    assertEquals(body.error.details.model, "gpt-99")
    assertEquals(body.error.request_id, headers.get("x-request-id"))
  }))

liveTest("/health answers whoever asks, at the root and below", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth()
    for (const path of ["/health", "/api/llm/health", "/api/v1/llm/health"]) {
      const response = yield* Effect.promise(() => fetch(url + path))
      const { timestamp, ...body } = yield* Effect.promise(() => response.json())
      assertEquals(response.status, 200)
      assertMatch(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
      assertEquals(body.status, "healthy")
      assertEquals(body.services, {
        llm_service: "healthy",
        model_manager: "healthy",
        cost_tracker: "healthy"
      })
      const { available, healthy, degraded, unavailable } = body.models
      assert(available > 0 && unavailable >= 0)
      assertEquals(available, healthy + degraded)
    }
  }))

liveTest(
  "/health is 503 when there is nothing to serve with, and then has the same shape",
  () =>
    Effect.gen(function* () {
      const off = { OPENAI_API_KEY: "", ANTHROPIC_API_KEY: "", GEMINI_API_KEY: "" }
      const { url } = yield* startBoth(undefined, {
        env: { ...off, PENSTOCK_SIMULATOR: "off" },
        config: { providers: { ollama: { enabled: false } } }
      })
      const { status, body } = yield* askJson(`${url}/health`)
      assertEquals(status, 503)
      assertEquals(body.status, "unhealthy")
      assertEquals(body.services.model_manager, "unhealthy")
      assertEquals(body.models.available, 0)
    })
)

liveTest("older clients find everything under /api/llm", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth()
    const old = `${url}/api/llm`
    assertEquals((yield* postJson(`${old}/generate`, hello("gpt-4"))).status, 200)
    assert((yield* postForEvents(`${old}/generate/stream`, hello("gpt-4"))).done)
    for (const path of ["/models", "/models/gpt-4/status", "/health", "/supervision"]) {
      const [older, newer] = [
        yield* ask(old + path),
        yield* ask(`${url}/api/v1/llm${path}`)
      ]
      assertEquals([older.status, newer.status], [200, 200], path)
      const same = (text: string) => text.replace(/"timestamp":"[^"]+"/, "")
      assertEquals(same(older.text), same(newer.text))
    }
  }))

liveTest("/supervision shows the actor of every provider", () =>
  Effect.gen(function* () {
    const { api } = yield* startBoth()
    const { body } = yield* askJson(`${api}/supervision`)
    const openai = body.actors.find(({ name }: { name: string }) => name === "provider/openai")
    assertEquals(openai.state, "running")
    assertEquals([openai.restarts, openai.last_crash], [0, null])
    assertEquals(openai.calls.in_flight, 0)
  }))
