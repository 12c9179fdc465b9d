import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { hello } from "../../kit/gateway.ts"
import { askJson, postForEvents, postJson, startBoth } from "../upstreams.ts"

const noTimes = { average_ms: null, p50_ms: null, p95_ms: null, p99_ms: null }
const nothing = {
  response_times: noTimes,
  success_rate: null,
  error_rate: null,
  throughput: { requests_per_minute: 0, tokens_per_minute: 0 },
  samples: 0,
  time_to_first_token: noTimes,
  time_per_output_token: noTimes,
  queue_wait: noTimes,
  overhead: noTimes
}

liveTest(
  "/stats/performance of a gateway that was asked nothing has zeros and null",
  () =>
    Effect.gen(function* () {
      const { api } = yield* startBoth()
      const { status, body } = yield* askJson(`${api}/stats/performance`)
      assertEquals(status, 200)
      assertEquals(body, { ...nothing, window: "15m", by_model: {}, by_provider: {} })
    })
)

liveTest(
  "/stats/performance tells how requests went, by model and provider, at once",
  () =>
    Effect.gen(function* () {
      const { api, provider } = yield* startBoth(undefined, {
        config: { retries: { attempts: 1 } }
      })
      for (let i = 0; i < 3; i++) yield* postJson(`${api}/generate`, hello("gpt-4"))
      yield* postForEvents(`${api}/generate/stream`, hello("claude-3"))
      provider.respond(FakeProvider.fail("server"))
      yield* postJson(`${api}/generate`, hello("gpt-4"))
      const { body } = yield* askJson(`${api}/stats/performance?window=1m`)
      assertEquals([body.window, body.samples, body.success_rate, body.error_rate], [
        "1m",
        5,
        0.8,
        0.2
      ])
      assertEquals(Object.keys(body.by_model).sort(), ["claude-3", "gpt-4"])
      assertEquals(Object.keys(body.by_provider).sort(), ["anthropic", "openai"])
      const { average_ms, p50_ms, p95_ms, p99_ms } = body.response_times
      assert(average_ms > 0 && p50_ms > 0 && p50_ms <= p95_ms && p95_ms <= p99_ms)
      assertEquals(body.throughput.requests_per_minute, 5)
      assert(body.throughput.tokens_per_minute > 0)
      assertEquals(body.by_model["gpt-4"].success_rate, 0.75)
      assertEquals(body.by_model["gpt-4"].time_to_first_token, noTimes)
      assert(body.by_model["claude-3"].time_to_first_token.p50_ms > 0)
      assert(body.overhead.p50_ms > 0 && body.queue_wait.p50_ms >= 0)
      const { body: one } = yield* askJson(`${api}/stats/performance?model=claude-3`)
      assertEquals([one.samples, one.window, Object.keys(one.by_model)], [1, "15m", ["claude-3"]])
    })
)

liveTest(
  "/stats/performance refuses a window that there is not, and a model that there is not",
  () =>
    Effect.gen(function* () {
      const { api } = yield* startBoth()
      const window = yield* askJson(`${api}/stats/performance?window=2m`)
      assertEquals([window.status, window.body.error.code], [400, "INVALID_REQUEST"])
      assertEquals(window.body.error.details.issues[0].path, "window")
      const model = yield* askJson(`${api}/stats/performance?model=gpt-99`)
      assertEquals([model.status, model.body.error.code], [404, "MODEL_NOT_FOUND"])
      const unused = yield* askJson(`${api}/stats/performance?model=gpt-4&window=1h`)
      assertEquals(unused.body, { ...nothing, window: "1h", by_model: {}, by_provider: {} })
    })
)
