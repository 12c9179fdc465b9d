import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Decisions } from "../../src/gateway/Decisions.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Circuits } from "../../src/guard/Circuits.ts"
import { Limiter } from "../../src/guard/limits/Limiter.ts"
import { Balancer } from "../../src/routing/Balancer.ts"
import { Providers } from "../../src/provider/Providers.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import {
  answering,
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

const long = "It was a bright cold day in April, and the clocks were striking thirteen. "
const buggy = () => {
  throw new Error("a bug")
}
const bad = json({ error: { message: "no" } }, { status: 500 })
const good = answering("Hi", { prompt_tokens: 10, completion_tokens: 5 })

test("a continuation that diverges is no failure of a healthy fallback's circuit", () => {
  const provider = providers({
    one: [streaming(role, says(long), says("Winston Smith, his chin nuzzled "), cut)],
    two: [
      streaming(
        role,
        says(long.slice(0, 60)),
        says("BUT THEN SOMETHING ELSE ENTIRELY"),
        says(" and so on and on"),
        stop,
        done
      )
    ]
  })
  return Effect.gen(function* () {
    const client = yield* recorder
    const fiber = yield* Effect.forkChild(
      Effect.exit((yield* Gateway).stream(ask(asking("near")), client))
    )
    for (let i = 0; i < 30; i++) yield* pass(1000)
    yield* Fiber.join(fiber)
    assertEquals((yield* Circuits).state("far@two", "two").consecutiveFailures, 0)
  }).pipe(Effect.provide(simulated(provider.send, setup())))
})

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

test("waiting for our own place is no failure of the provider", () => {
  const provider = providers({ one: [{ ...good, headMs: 8_000 }] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const fibers = []
    for (let i = 0; i < 4; i++) {
      fibers.push(
        yield* Effect.forkChild(
          Effect.result(gateway.generate(ask(asking("near"), { id: `r${i}` })))
        )
      )
    }
    for (let i = 0; i < 60; i++) yield* pass(1000)
    const outs = []
    for (const f of fibers) {
      const r = yield* Fiber.join(f)
      outs.push(r._tag === "Success" ? "ok" : classOf(r.failure))
    }
    assertEquals((yield* Circuits).state("near@one", "one").state, "closed")
  }).pipe(Effect.provide(simulated(provider.send, {
    config: {
      providers: {
        one: {
          dialect: "openai",
          base_url: "http://one/v1",
          api_key: "k",
          discover: false,
          concurrency: 1,
          wait_seconds: 20
        }
      },
      models: { near: { provider: "one" } },
      timeouts: { whole_head_seconds: 10 }
    }
  })))
})

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
    assert((scope?.tokens ?? 0) >= 1000, JSON.stringify(scope))
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

test("explain: tokens", () => {
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

test("a bug while a request is put into words leaks no probe and no call under way", () => {
  const provider = providers({ one: [good] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const one = (yield* Providers).get("one")!
    const { dialect } = one.settings.provider
    const { encode } = dialect
    Object.assign(dialect, { encode: buggy })
    yield* Effect.exit(gateway.generate(ask(asking("near"))))
    Object.assign(dialect, { encode })
    assertEquals((yield* Balancer).stats("near@one").inFlight, 0)
  }).pipe(Effect.provide(simulated(provider.send, setup({ near: { fallback_models: [] } }))))
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

test("a candidate that was left little time is not blamed for it", () => {
  const provider = providers({
    one: [{ steps: [], headMs: 1e9 }],
    two: [{ ...good, headMs: 3_000 }]
  })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const fiber = yield* Effect.forkChild(Effect.result(gateway.generate(ask(asking("near")))))
    for (let i = 0; i < 20; i++) yield* pass(1000)
    yield* Fiber.join(fiber)
    assertEquals((yield* Circuits).state("far@two", "two").consecutiveFailures, 0)
  }).pipe(
    Effect.provide(
      simulated(
        provider.send,
        setup({ config: { timeouts: { whole_head_seconds: 9, total_seconds: 10 } } })
      )
    )
  )
})

test("a model that writes to the end of the time is not blamed", () => {
  const provider = providers({
    one: [streaming(
      role,
      ...Array.from({ length: 30 }, () => [says("word "), 1000] as const).flat(),
      stop,
      done
    )]
  })
  return Effect.gen(function* () {
    const client = yield* recorder
    const fiber = yield* Effect.forkChild(
      Effect.exit((yield* Gateway).stream(ask(asking("near")), client))
    )
    for (let i = 0; i < 20; i++) yield* pass(1000)
    yield* Fiber.join(fiber)
    assertEquals((yield* Circuits).state("near@one", "one").consecutiveFailures, 0)
  }).pipe(
    Effect.provide(simulated(provider.send, setup({ config: { timeouts: { total_seconds: 10 } } })))
  )
})

test("who was asked is not told to be skipped", () => {
  const provider = providers({ one: [json({ error: { message: "no" } }, { status: 500 })] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const fiber = yield* Effect.forkChild(Effect.result(gateway.generate(ask(asking("near")))))
    for (let i = 0; i < 20; i++) yield* pass(1000)
    yield* Fiber.join(fiber)
  }).pipe(Effect.provide(simulated(provider.send, setup({ near: { fallback_models: [] } }))))
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

test("a bug under a probe does not close a deployment for good", () => {
  const provider = providers({ one: [bad, bad, bad, good] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    for (let i = 0; i < 2; i++) {
      const f = yield* Effect.forkChild(Effect.result(gateway.generate(ask(asking("near")))))
      for (let k = 0; k < 5; k++) yield* pass(200)
      yield* Fiber.join(f)
    }
    yield* pass(10_000)
    const { dialect } = (yield* Providers).get("one")!.settings.provider
    const { encode } = dialect
    Object.assign(dialect, { encode: buggy })
    yield* Effect.exit(gateway.generate(ask(asking("near"))))
    Object.assign(dialect, { encode })
    yield* pass(24 * 3600_000)
    const f = yield* Effect.forkChild(Effect.result(gateway.generate(ask(asking("near")))))
    yield* pass(1000)
    const r = yield* Fiber.join(f)
    assertEquals(r._tag, "Success")
  }).pipe(Effect.provide(simulated(provider.send, setup({ near: { fallback_models: [] } }))))
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

test("an error after content in a stream: context_length with a larger candidate failing is told as what", () => {
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

test("the retry budget is not spent on a call that is not made", () => {
  const provider = providers({ one: [bad] })
  return Effect.gen(function* () {
    const { RetryBudget } = yield* Effect.promise(() => import("../../src/guard/RetryBudget.ts"))
    const f = yield* Effect.forkChild(Effect.result((yield* Gateway).generate(ask(asking("near")))))
    for (let i = 0; i < 4; i++) yield* pass(500)
    yield* Fiber.join(f)
    const [view] = (yield* RetryBudget).all()
    assertEquals([provider.calls.length, view?.retries], [1, 0])
  }).pipe(
    Effect.provide(
      simulated(
        provider.send,
        setup({
          near: { fallback_models: [] },
          config: { load_balancing: { failure_threshold: 1 } }
        })
      )
    )
  )
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
