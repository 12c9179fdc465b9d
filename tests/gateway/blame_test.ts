import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Circuits } from "../../src/guard/Circuits.ts"
import { Balancer } from "../../src/routing/Balancer.ts"
import { Providers } from "../../src/provider/Providers.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { answering, cut, done, json, pass, role, says, stop, streaming } from "../kit/upstream.ts"
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
