import Anthropic from "@anthropic-ai/sdk"
import { assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import { modelOf, postJson, startBoth } from "../upstreams.ts"
import { hi, sdk } from "./kit.ts"

/** A request that only Anthropic can be asked. */
const search = (model: string) => ({
  ...hi(model),
  tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 5 } as const],
  tool_choice: { type: "none" as const },
  messages: [{
    role: "user" as const,
    content: [
      {
        type: "document" as const,
        source: { type: "text" as const, media_type: "text/plain" as const, data: "Once" },
        citations: { enabled: true }
      }
    ]
  }]
})

liveTest("what only Anthropic can take goes to it untouched", () =>
  Effect.gen(function* () {
    const { url, provider } = yield* startBoth()
    const body = search(modelOf.anthropic)
    yield* Effect.promise(() => sdk(url).messages.create(body))
    const [call] = provider.calls
    assertEquals(call?.body, { ...body, model: call?.model, stream: false })
  }))

liveTest(
  "for any other provider it is refused by its place, and nobody is asked",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      for (const model of [modelOf.openai, modelOf.gemini]) {
        const error = yield* Effect.flip(
          Effect.tryPromise(() => sdk(url).messages.create(search(model)))
        )
        const { cause } = error
        if (!(cause instanceof Anthropic.BadRequestError)) throw cause
        assertMatch(cause.message, /messages\.0\.content\.0: A block of type \\"document\\"/)
        assertMatch(cause.message, /tools\.0: A tool of type \\"web_search_20250305\\"/)
      }
      assertEquals(provider.calls, [])
    })
)

liveTest(
  "a model that falls back to another provider's is asked there only what it can be told",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(undefined, {
        config: { models: { "gpt-4": { fallback_models: [modelOf.anthropic] } } }
      })
      // The model that was named cannot be told: another is not asked in its place.
      const refused = yield* postJson(`${url}/v1/messages`, search(modelOf.openai))
      assertEquals(refused.status, 400)
      assertEquals(provider.calls, [])
    })
)

liveTest(
  "what a model cannot honour is left out and told, or refused where the client says so",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      const body = { ...hi(modelOf.openai), top_k: 5 }
      const left = yield* postJson(`${url}/v1/messages?beta=true`, body)
      assertEquals(left.status, 200, left.text)
      assertEquals("top_k" in provider.calls[0]!.body, false)
      const refused = yield* postJson(`${url}/v1/messages`, body, {
        "x-penstock-drop-unsupported": "false"
      })
      assertEquals(refused.status, 400)
      assertMatch(refused.body.error.message, /^top_k: .*X-Penstock-Drop-Unsupported: true$/)
    })
)
