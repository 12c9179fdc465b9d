import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import {
  counted,
  cut,
  done,
  event,
  json,
  pass,
  role,
  says,
  stop,
  streaming
} from "../kit/upstream.ts"
import { providers, setup } from "./places.ts"
import { classOf, recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

test("a client is kept alive while its broken stream is being taken up", () => {
  const provider = providers({
    one: [streaming(role, says("Hello there, "), 25_000, cut)],
    two: [{ ...streaming(role, says("and good night"), stop, done), headMs: 28_000 }]
  })
  return Effect.gen(function* () {
    const client = yield* recorder
    const fiber = yield* Effect.forkChild(
      Effect.exit((yield* Gateway).stream(ask(asking("near")), client))
    )
    for (let i = 0; i < 100; i++) yield* pass(1000)
    yield* Fiber.join(fiber)
    const times = client.told.map(({ _tag, at }) => [_tag, at] as const)
    let longest = 0
    for (let i = 1; i < times.length; i++) {
      longest = Math.max(longest, times[i]![1] - times[i - 1]![1])
    }
    assert(longest <= 16_000, `silent for ${longest} ms`)
  }).pipe(Effect.provide(simulated(provider.send, setup({ near: {}, config: {} }))))
})

test("the usage told is that of what the client was shown, not of a call that failed before", () => {
  const provider = providers({
    one: [
      streaming(
        role,
        counted(1000, 0),
        event({ error: { message: "no", code: 401, type: "authentication_error" } })
      )
    ],
    two: [streaming(role, says("Hi"), stop, counted(10, 2), done)]
  })
  return Effect.gen(function* () {
    const client = yield* recorder
    const fiber = yield* Effect.forkChild(
      Effect.exit((yield* Gateway).stream(ask(asking("near")), client))
    )
    for (let i = 0; i < 10; i++) yield* pass(1000)
    yield* Fiber.join(fiber)
    assertEquals(client.ending()?.usage.promptTokens, 10)
  }).pipe(Effect.provide(simulated(provider.send, setup())))
})

test("an operator's default temperature does not refuse a client's top_p", () => {
  const provider = providers({
    "api.anthropic.com": [
      json({
        type: "message",
        role: "assistant",
        content: [{ type: "text", text: "Hi" }],
        stop_reason: "end_turn",
        usage: { input_tokens: 1, output_tokens: 1 }
      })
    ]
  })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const id = "claude-haiku-4-5"
    const r = yield* Effect.result(gateway.generate(ask(asking(id, { topP: 0.9 }))))
    assertEquals(r._tag, "Success")
  }).pipe(Effect.provide(simulated(provider.send, {
    env: { ANTHROPIC_API_KEY: "k" },
    config: { models: { "claude-haiku-4-5": { parameters: { default_temperature: 0.7 } } } }
  })))
})

test("a client is kept alive while a continuation says all of it again", () => {
  const words = Array.from({ length: 40 }, (_, i) => `word${i * 7919 % 1000} `)
  const provider = providers({
    one: [
      streaming(role, says(words.join("")), cut),
      streaming(
        role,
        ...words.map((w) => [says(w), 2000] as const).flat(),
        says("and the end"),
        stop,
        done
      )
    ]
  })
  return Effect.gen(function* () {
    const client = yield* recorder
    const f = yield* Effect.forkChild(
      Effect.exit((yield* Gateway).stream(ask(asking("near")), client))
    )
    for (let i = 0; i < 120; i++) yield* pass(1000)
    yield* Fiber.join(f)
    const at = client.told.map((t) => t.at)
    let longest = 0
    for (let i = 1; i < at.length; i++) longest = Math.max(longest, at[i]! - at[i - 1]!)
    assertEquals(longest <= 16_000, true)
  }).pipe(Effect.provide(simulated(provider.send, setup())))
})

test("where the larger model fails too, it is its fault that is told", () => {
  const provider = providers({
    one: [
      json({ error: { message: "too long", code: "context_length_exceeded" } }, { status: 400 })
    ],
    two: [json({ error: { message: "x" } }, { status: 503, headers: { "retry-after": "7" } })]
  })
  return Effect.gen(function* () {
    const f = yield* Effect.forkChild(Effect.result((yield* Gateway).generate(ask(asking("near")))))
    for (let i = 0; i < 20; i++) yield* pass(500)
    const r = yield* Fiber.join(f)
    assertEquals(r._tag === "Failure" ? classOf(r.failure) : "ok", "server")
  }).pipe(
    Effect.provide(
      simulated(
        provider.send,
        setup({ near: { context_window: 1000 }, far: { context_window: 100000 } })
      )
    )
  )
})

test("a fallback's policy decides about streams under auto", () => {
  const provider = providers({
    one: [json({ error: { message: "no" } }, { status: 404 })],
    two: [
      streaming(role, says("Hello there, dear "), cut),
      streaming(role, says("reader"), stop, done)
    ]
  })
  return Effect.gen(function* () {
    const client = yield* recorder
    const f = yield* Effect.forkChild(
      Effect.exit((yield* Gateway).stream(ask(asking("auto"), { id: "a" }), client))
    )
    for (let k = 0; k < 10; k++) yield* pass(500)
    yield* Fiber.join(f)
    assertEquals(client.failure(), undefined)
  }).pipe(
    Effect.provide(
      simulated(
        provider.send,
        setup({
          near: { fallback_models: [] },
          far: { stream_recovery: "resume" },
          config: { load_balancing: { weights: { near: 2, far: 1 } } }
        })
      )
    )
  )
})
