import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Decisions } from "../../src/gateway/Decisions.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Circuits } from "../../src/guard/Circuits.ts"
import { Limiter } from "../../src/guard/limits/Limiter.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { answering, cut, json, pass, role, says, streaming } from "../kit/upstream.ts"
import { providers, setup } from "./places.ts"
import { recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

const good = answering("Hi", { prompt_tokens: 10, completion_tokens: 5 })

test("a client that leaves a whole answer has used its prompt at least", () => {
  const provider = providers({ one: [{ ...good, headMs: 8_000 }] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const request = {
      ...asking("near"),
      messages: [{
        role: "user" as const,
        content: [{ type: "text" as const, text: "x".repeat(4000) }]
      }]
    }
    const fiber = yield* Effect.forkChild(gateway.generate(ask(request)))
    yield* pass(5000)
    yield* Fiber.interrupt(fiber)
    yield* pass(1)
    const [scope] = (yield* Limiter).view()
    assert((scope?.tokens ?? 0) >= 500, JSON.stringify(scope))
  }).pipe(
    Effect.provide(
      simulated(
        provider.send,
        setup({ config: { limits: { key: { tokens_per_minute: 10_000 } } } })
      )
    )
  )
})

test("a refusal by the model's limit tells the limit", () => {
  const provider = providers({ one: [good] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    yield* gateway.generate(ask(asking("near")))
    const second = ask(asking("near"))
    const r = yield* Effect.result(gateway.generate(second))
    assertEquals(r._tag === "Failure" && r.failure.reason._tag, "RateLimited")
    assertEquals(second.told.standing?.requests?.remaining, 0)
  }).pipe(
    Effect.provide(
      simulated(
        provider.send,
        setup({ near: { fallback_models: [], rate_limit: { requests_per_minute: 1 } } })
      )
    )
  )
})

test("a request that took nothing leaves the room as it was, and tells so", () => {
  const provider = providers({ one: [good, good] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const remaining = Effect.fnUntraced(function* (request: ReturnType<typeof asking>) {
      const one = ask(request)
      yield* Effect.exit(gateway.generate(one))
      const { requests, tokens } = one.told.standing ?? {}
      return [requests?.remaining, tokens?.remaining]
    })
    const refused = asking("far", { topK: 3 })
    assertEquals(yield* remaining(refused), [100, 10_000])
    const [left] = yield* remaining(asking("near"))
    assertEquals(left, 99)
    assertEquals((yield* remaining(refused))[0], 99)
  }).pipe(
    Effect.provide(
      simulated(
        provider.send,
        setup({
          config: { limits: { key: { requests_per_minute: 100, tokens_per_minute: 10_000 } } }
        })
      )
    )
  )
})

test("explain says of limits what a request would find", () => {
  const provider = providers({ one: [{ ...good, headMs: 60_000 }] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    yield* Effect.forkChild(gateway.generate(ask(asking("near"))))
    yield* pass(10)
    const explained = yield* gateway.explain(ask(asking("near")))
    const real = yield* Effect.result(gateway.generate(ask(asking("near"), { id: "real" })))
    assertEquals(real._tag === "Failure" && real.failure.reason._tag, "RateLimited")
    assertEquals(explained.candidates[0]?.skipped?.why, "rate_limited")
  }).pipe(
    Effect.provide(
      simulated(
        provider.send,
        setup({ near: { fallback_models: [], rate_limit: { concurrency: 1 } } })
      )
    )
  )
})

test("explain says of tokens what a request would find", () => {
  const provider = providers({
    one: [answering("Hi", { prompt_tokens: 10, completion_tokens: 900 })]
  })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    yield* gateway.generate(ask(asking("near", { maxTokens: 900 })))
    const next = asking("near", { maxTokens: 900 })
    const explained = yield* gateway.explain(ask(next))
    const real = yield* Effect.result(gateway.generate(ask(next, { id: "real" })))
    assertEquals(real._tag === "Failure" && real.failure.reason._tag, "RateLimited")
    assertEquals(explained.candidates[0]?.skipped?.why, "rate_limited")
  }).pipe(
    Effect.provide(
      simulated(
        provider.send,
        setup({ near: { fallback_models: [], rate_limit: { tokens_per_minute: 1000 } } })
      )
    )
  )
})

test("who was not asked is no attempt", () => {
  const provider = providers({
    one: [streaming(role, says('{"a": '), cut), streaming(role, cut)],
    two: [good]
  })
  return Effect.gen(function* () {
    const client = yield* recorder
    const a = ask(asking("near", { responseFormat: { type: "json_object" } }))
    const fiber = yield* Effect.forkChild(Effect.exit((yield* Gateway).stream(a, client)))
    for (let i = 0; i < 10; i++) yield* pass(1000)
    yield* Fiber.join(fiber)
    assertEquals(a.told.attempts, provider.calls.length)
  }).pipe(Effect.provide(simulated(provider.send, setup())))
})

test("auto: what one model cannot honour and another is too ill for is told as 503", () => {
  const provider = providers({ one: [json({ error: { message: "no" } }, { status: 500 })] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    for (let i = 0; i < 3; i++) {
      const fiber = yield* Effect.forkChild(Effect.result(gateway.generate(ask(asking("near")))))
      for (let k = 0; k < 2; k++) yield* pass(500)
      yield* Fiber.join(fiber)
    }
    const r = []
    for (let i = 0; i < 2; i++) {
      const result = yield* Effect.result(gateway.generate(ask(asking("auto", { seed: 1 }))))
      r.push(result._tag === "Failure" ? result.failure.reason._tag : "ok")
    }
    assertEquals(r, ["ModelUnavailable", "ModelUnavailable"])
  }).pipe(Effect.provide(simulated(provider.send, {
    config: {
      providers: {
        one: { dialect: "openai", base_url: "http://one/v1", api_key: "k", discover: false },
        two: { dialect: "anthropic", base_url: "http://two", api_key: "k", discover: false }
      },
      models: { near: { provider: "one" }, far: { provider: "two" } },
      load_balancing: { weights: { near: 1, far: 1 } }
    }
  })))
})

test("a second look at who was asked does not make it skipped", () => {
  const slow = json({ error: { message: "slowly" } }, {
    status: 429,
    headers: { "retry-after": "1" }
  })
  const slower = json({ error: { message: "slowly" } }, {
    status: 429,
    headers: { "retry-after": "30" }
  })
  const provider = providers({ one: [slow, { ...slower, headMs: 0 }, slow] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const f = yield* Effect.forkChild(
      Effect.result(gateway.generate(ask(asking("near"), { id: "a" })))
    )
    yield* pass(100)
    ;(yield* Circuits).coolDown("near@one", 30_000)
    for (let k = 0; k < 10; k++) yield* pass(500)
    yield* Fiber.join(f)
    const d = (yield* Decisions).find("a")
    assertEquals([d?.attempts.length, d?.candidates[0]?.skipped?.why], [1, undefined])
  }).pipe(Effect.provide(simulated(provider.send, setup({ near: { fallback_models: [] } }))))
})

test("a deadline is kept while waiting, too", () => {
  const slow = json({ error: { message: "slowly" } }, {
    status: 429,
    headers: { "retry-after": "1" }
  })
  const provider = providers({ one: [{ ...slow, headMs: 990 }] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    let at = 0
    const f = yield* Effect.forkChild(
      Effect.result(gateway.generate(ask(asking("near"), { id: "a", timeoutMs: 2000 })))
    )
    for (let k = 0; k < 60; k++) {
      yield* pass(50)
      if (at === 0 && (yield* Decisions).find("a")?.durationMs) at = (k + 1) * 50
    }
    yield* Fiber.join(f)
    const d = (yield* Decisions).find("a")
    assertEquals((d?.durationMs ?? 0) <= 2005, true)
  }).pipe(Effect.provide(simulated(provider.send, setup({ near: { fallback_models: [] } }))))
})
