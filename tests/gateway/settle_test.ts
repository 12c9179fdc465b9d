import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Circuits } from "../../src/guard/Circuits.ts"
import { Limiter } from "../../src/guard/limits/Limiter.ts"
import { RetryBudget } from "../../src/guard/RetryBudget.ts"
import { Balancer } from "../../src/routing/Balancer.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { answering, json, pass, role, says, silence, streaming } from "../kit/upstream.ts"
import { providers, setup } from "./places.ts"
import { classOf, recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

const good = answering("Hi", { prompt_tokens: 10, completion_tokens: 5 })
const status = (code: number, headMs = 0, headers = {}) =>
  json({ error: { message: "no" } }, { status: code, headMs, headers })

const used = Effect.map(
  Limiter,
  (limiter) =>
    limiter.view().map(({ scope, requests, tokens }) => [scope, requests, tokens]).toSorted()
)

test("a model's limit is taken once for all of its deployments, and settled to what was used", () => {
  const provider = providers({ one: [status(404)], two: [good] })
  return Effect.gen(function* () {
    yield* Gateway.use((gateway) => gateway.generate(ask(asking("near"))))
    assertEquals(provider.places(), ["one", "two"])
    assertEquals(yield* used, [["model/near", 1, 15]])
  }).pipe(Effect.provide(simulated(
    provider.send,
    setup({
      near: {
        provider: undefined,
        deployments: [{ provider: "one" }, { provider: "two" }],
        rate_limit: { requests_per_minute: 10, tokens_per_minute: 10_000 }
      }
    })
  )))
})

test("a model that was not asked has used nothing of its limit", () => {
  const provider = providers({ one: [status(429, 0, { "retry-after": "60" })], two: [good] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    yield* gateway.generate(ask(asking("near")))
    assertEquals(yield* used, [["model/near", 1, 0]])
    yield* gateway.generate(ask(asking("near")))
    assertEquals(provider.places(), ["one", "two", "two"])
    assertEquals(yield* used, [["model/near", 1, 0]])
  }).pipe(
    Effect.provide(simulated(
      provider.send,
      setup({ near: { rate_limit: { requests_per_minute: 10 } } })
    ))
  )
})

test("a caller for whom nobody was asked has used nothing of its limit", () =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    yield* Effect.flip(gateway.generate(ask(asking("near"))))
    assertEquals(yield* used, [])
  }).pipe(Effect.provide(simulated(
    providers({}).send,
    setup({
      near: { enabled: false, fallback_models: [] },
      config: { limits: { key: { requests_per_minute: 10 } } }
    })
  ))))

test("a client that leaves before the first content is charged for what was read", () =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const fiber = yield* Effect.forkChild(
      gateway.stream(ask(asking("near")), yield* recorder)
    )
    yield* pass(10)
    yield* Fiber.interrupt(fiber)
    assertEquals(yield* used, [["key/tester", 1, 5]])
  }).pipe(Effect.provide(simulated(
    providers({ one: [streaming(role, silence)] }).send,
    setup({ config: { limits: { key: { tokens_per_minute: 5000 } } } })
  ))))

test("the balance knows who is busy, who is quick, and who fails", () => {
  const provider = providers({ one: [{ ...good, headMs: 200 }, status(404), status(500)] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const balancer = yield* Balancer
    const stats = () => balancer.stats("near@one")
    const fiber = yield* Effect.forkChild(gateway.generate(ask(asking("near"))))
    yield* pass(100)
    assertEquals(stats().inFlight, 1)
    yield* pass(100)
    yield* Fiber.join(fiber)
    assertEquals([stats().inFlight, stats().latencyMs, stats().degradation], [0, 200, 0])
    yield* Effect.flip(gateway.generate(ask(asking("near"))))
    assertEquals(stats().degradation, 0)
    const failing = yield* Effect.forkChild(Effect.flip(gateway.generate(ask(asking("near")))))
    yield* pass(1000)
    yield* Fiber.join(failing)
    assert(stats().degradation > 0.3)
    assertEquals(stats().inFlight, 0)
  }).pipe(Effect.provide(simulated(provider.send, setup({ near: { fallback_models: [] } }))))
})

test("a probe whose client leaves makes room for the next one", () => {
  const provider = providers({
    one: [status(500), status(500), status(500), { steps: [silence] }, good]
  })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const circuits = yield* Circuits
    for (let at = 0; at < 2; at++) {
      const fiber = yield* Effect.forkChild(Effect.flip(gateway.generate(ask(asking("near")))))
      yield* pass(1000)
      yield* Fiber.join(fiber)
    }
    assertEquals(circuits.state("near@one", "one").state, "open")
    yield* pass(10_000)
    const probe = yield* Effect.forkChild(gateway.generate(ask(asking("near"))))
    yield* pass(10)
    const meanwhile = yield* Effect.flip(gateway.generate(ask(asking("near"))))
    assertEquals(meanwhile.reason._tag, "ModelUnavailable")
    yield* Fiber.interrupt(probe)
    assertEquals((yield* gateway.generate(ask(asking("near")))).model, "near")
  }).pipe(Effect.provide(simulated(provider.send, setup({ near: { fallback_models: [] } }))))
})

test("a probe that shows an answer makes room for the next one before its end", () => {
  const provider = providers({
    one: [status(500), status(500), status(500), streaming(says("Hi"), silence), good]
  })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    for (let at = 0; at < 2; at++) {
      const fiber = yield* Effect.forkChild(Effect.flip(gateway.generate(ask(asking("near")))))
      yield* pass(1000)
      yield* Fiber.join(fiber)
    }
    yield* pass(10_000)
    yield* Effect.forkChild(gateway.stream(ask(asking("near")), yield* recorder))
    yield* pass(10)
    assertEquals((yield* gateway.generate(ask(asking("near")))).model, "near")
    assertEquals((yield* Circuits).state("near@one", "one").state, "closed")
  }).pipe(Effect.provide(simulated(provider.send, setup({ near: { fallback_models: [] } }))))
})

test("the gateway's own time limit, when it passes, is a failure of the provider", () =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const hours = ask(asking("near"), { timeoutMs: 3_600_000 })
    const fiber = yield* Effect.forkChild(Effect.flip(gateway.generate(hours)))
    yield* pass(4999)
    assertEquals(fiber.pollUnsafe(), undefined)
    yield* pass(1)
    assertEquals(classOf(yield* Fiber.join(fiber)), "timeout_total")
    assertEquals((yield* Circuits).state("near@one", "one").consecutiveFailures, 1)
  }).pipe(Effect.provide(simulated(
    providers({ one: [{ steps: [silence] }] }).send,
    setup({ config: { timeouts: { total_seconds: 5 } } })
  ))))

test("nobody is asked when the time is over", () => {
  const provider = providers({ one: [status(500, 1990), good] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const asked = ask(asking("near"), { timeoutMs: 2000 })
    const fiber = yield* Effect.forkChild(Effect.flip(gateway.generate(asked)))
    yield* pass(1990)
    yield* pass(1000)
    assertEquals(classOf(yield* Fiber.join(fiber)), "server")
    assertEquals(provider.places(), ["one"])
  }).pipe(Effect.provide(simulated(provider.send, setup({ near: { fallback_models: [] } }))))
})

test("pauses are waited out within the budget for repeated calls, and once for each request", () => {
  const limited = status(429, 100, { "retry-after": "1" })
  const provider = providers({ one: [limited] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const all = yield* Effect.forkChild(Effect.forEach(
      Array.from({ length: 100 }),
      () => Effect.flip(gateway.generate(ask(asking("near")))),
      { concurrency: "unbounded" }
    ))
    yield* pass(5000)
    assertEquals((yield* Fiber.join(all)).length, 100)
    assert(provider.calls.length > 100 && provider.calls.length <= 100 + 30)
    const [budget] = (yield* RetryBudget).all()
    assertEquals([budget?.firstAttempts, budget?.denied], [100, 70])
  }).pipe(Effect.provide(simulated(provider.send, setup({ near: { fallback_models: [] } }))))
})
