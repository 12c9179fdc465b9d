import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { json, pass } from "../kit/upstream.ts"
import { requests } from "./books.ts"
import { providers } from "./places.ts"
import { broken } from "./priced.ts"
import { ask, asking } from "./request.ts"

const own = (dialect: string, host: string, enabled = true) => ({
  dialect,
  enabled,
  base_url: `http://${host}`,
  api_key: "k",
  discover: false
})

/** `near` is asked of Google's dialect, which counts; `far` of OpenAI's, which does not. */
const setup = (near: object = {}, enabled = true) => ({
  config: {
    providers: { one: own("gemini", "one", enabled), two: own("openai", "two") },
    models: { near: { provider: "one", ...near }, far: { provider: "two" } }
  }
})

const count = (model: string) => Gateway.use((gateway) => gateway.count(ask(asking(model))))

test("a prompt is counted by the provider that would be asked, and nothing is booked", () => {
  const upstream = providers({ one: [json({ totalTokens: 42 })] })
  return Effect.gen(function* () {
    assertEquals(yield* count("near"), { model: "near", tokens: 42, source: "reported" })
    assertStringIncludes(upstream.calls[0]?.request.url ?? "", ":countTokens")
    assertEquals(yield* requests, [])
  }).pipe(Effect.provide(simulated(upstream.send, setup())))
})

test("where its provider cannot count, the gateway does, and asks nobody", () => {
  const upstream = providers({})
  return Effect.gen(function* () {
    const { source, tokens } = yield* count("far")
    assertEquals(source, "estimated")
    assert(tokens > 0 && tokens < 10)
    assertEquals(upstream.calls, [])
  }).pipe(Effect.provide(simulated(upstream.send, setup())))
})

test("where its provider fails, or is slow, the gateway counts", () =>
  Effect.gen(function* () {
    assertEquals((yield* count("near")).source, "estimated")
    const slow = yield* Effect.forkChild(count("near"))
    yield* pass(6000)
    assertEquals((yield* Fiber.join(slow)).source, "estimated")
  }).pipe(Effect.provide(simulated(
    providers({ one: [broken, { ...json({ totalTokens: 42 }), headMs: 60_000 }] }).send,
    setup()
  ))))

test("who cannot be asked is not asked to count either: the next one is", () =>
  Effect.gen(function* () {
    assertEquals((yield* count("near")).model, "far")
  }).pipe(
    Effect.provide(simulated(providers({}).send, setup({ fallback_models: ["far"] }, false)))
  ))

for (
  const [name, { near, enabled }] of Object.entries({
    "a provider that is switched off": { near: {}, enabled: false },
    "the provider of a model that is switched off": { near: { enabled: false }, enabled: true }
  })
) {
  test(`${name} is shown no prompt, also where there is nobody else`, () => {
    const upstream = providers({ one: [json({ totalTokens: 42 })] })
    return Effect.gen(function* () {
      const { model, source } = yield* count("near")
      assertEquals([model, source], ["near", "estimated"])
      assertEquals(upstream.calls, [])
    }).pipe(Effect.provide(simulated(upstream.send, setup(near, enabled))))
  })
}

test("a model that nobody has is not counted for", () =>
  Effect.gen(function* () {
    const { reason } = yield* Effect.flip(count("nobody"))
    assertEquals(reason._tag, "ModelNotFound")
  }).pipe(Effect.provide(simulated(providers({}).send, setup()))))
