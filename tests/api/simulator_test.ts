import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import { hello, post, start } from "../kit/gateway.ts"
import { liveTest } from "../kit/effect.ts"

liveTest(
  "without any key the simulator answers, and says that it is no model",
  () =>
    Effect.gen(function* () {
      const { api } = yield* start({ env: { OLLAMA_BASE_URL: "" } })
      const response = yield* post(`${api}/generate`, hello("simulator"))
      const body = yield* Effect.promise(() => response.json())
      assertEquals(response.status, 200)
      assertStringIncludes(body.choices[0].message.content, "not a model")
      assertEquals(body.usage.total_tokens, body.usage.prompt_tokens + body.usage.completion_tokens)
      assert(body.cost.total_cost > 0)
    })
)
