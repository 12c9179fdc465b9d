import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { test } from "../kit/effect.ts"
import { type Setup, simulated } from "../kit/gateway.ts"
import { answering, upstream } from "../kit/upstream.ts"
import { recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

/** Why `model` is not asked; that no provider heard of it is seen to. */
const refusal = (model: string, setup: Setup = {}) =>
  Effect.gen(function* () {
    const provider = upstream(() => answering("Hi"))
    const [whole, streamed] = yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      const client = yield* recorder
      const whole = yield* Effect.flip(gateway.generate(ask(asking(model))))
      const streamed = yield* Effect.flip(gateway.stream(ask(asking(model)), client))
      assertEquals(client.story(), [])
      return [whole, streamed] as const
    }).pipe(Effect.provide(simulated(provider.send, setup)))
    assertEquals(whole.reason, streamed.reason)
    assertEquals(provider.calls, [])
    return whole.reason
  })

test("a model that nobody serves is not found, whatever it is called", () =>
  Effect.gen(function* () {
    for (
      const model of ["nonsense", "", "../gpt-4o", "GPT-4O", "gpt-4o ", "__proto__", "toString"]
    ) {
      assertEquals(yield* refusal(model), { _tag: "ModelNotFound", model })
    }
  }))

test("a disabled model is unavailable, and so is a model of a disabled provider", () =>
  Effect.gen(function* () {
    assertEquals(
      yield* refusal("gpt-4o", { config: { models: { "gpt-4o": { enabled: false } } } }),
      {
        _tag: "ModelUnavailable",
        model: "gpt-4o",
        why: "disabled",
        message: `Model "gpt-4o" is disabled`
      }
    )
    assertEquals(
      yield* refusal("gpt-4o", { config: { providers: { openai: { enabled: false } } } }),
      {
        _tag: "ModelUnavailable",
        model: "gpt-4o",
        why: "disabled",
        message: `Provider "openai" is disabled`
      }
    )
  }))

test("a model whose provider has no key is unavailable, and the message says what to set", () =>
  Effect.gen(function* () {
    const variables = { "claude-3": "ANTHROPIC_API_KEY", "gemini-pro": "GEMINI_API_KEY" }
    for (const [model, variable] of Object.entries(variables)) {
      const reason = yield* refusal(model)
      assertEquals(reason._tag === "ModelUnavailable" && reason.why, "not_configured")
      assertEquals(reason._tag === "ModelUnavailable" && reason.message.includes(variable), true)
    }
  }))
