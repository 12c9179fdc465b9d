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

liveTest(
  "what the simulator would not heed it refuses, by its name",
  () =>
    Effect.gen(function* () {
      const { url } = yield* start({ env: { OLLAMA_BASE_URL: "" } })
      const sound = { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } }
      const asked = (more: object) => ({ ...hello("simulator"), parameters: undefined, ...more })
      const refused: ReadonlyArray<readonly [object, string]> = [
        [{ logprobs: true, top_logprobs: 2 }, "logprobs"],
        [{ messages: [{ role: "user", content: [sound] }] }, "messages[0].content[0]"],
        [{ modalities: ["text", "audio"] }, "modalities"],
        [{ top_k: 3 }, ""],
        [{ n: 2, stop: ["of"], seed: 3, temperature: 0.2 }, ""]
      ]
      for (const [more, path] of refused) {
        const response = yield* post(`${url}/v1/chat/completions`, asked(more))
        const body = yield* Effect.promise(() => response.json())
        assertEquals(response.status, path === "" ? 200 : 400, path)
        if (path !== "") assertStringIncludes(body.error.message, path)
      }
    })
)
