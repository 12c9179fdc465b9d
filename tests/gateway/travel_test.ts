import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Decisions } from "../../src/gateway/Decisions.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Circuits } from "../../src/guard/Circuits.ts"
import { Limiter } from "../../src/guard/limits/Limiter.ts"
import { test } from "../kit/effect.ts"
import { type Setup, simulated } from "../kit/gateway.ts"
import { answering, json, pass, type Reply, silence, streaming } from "../kit/upstream.ts"
import { providers, setup } from "./places.ts"
import { classOf, recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

const status = (code: number, error: object = {}, headers: Record<string, string> = {}): Reply =>
  json({ error: { message: "no", ...error } }, { status: code, headers })

const good = answering("Hi", { prompt_tokens: 10, completion_tokens: 5 })

/** Asks once for `near`, for as long as it takes; says what came of it and who was asked when. */
const story = (
  replies: Readonly<Record<string, ReadonlyArray<Reply>>>,
  changes: Setup = setup(),
  { forMs = 30_000, timeoutMs, model = "near" }: {
    readonly forMs?: number
    readonly timeoutMs?: number
    readonly model?: string
  } = {}
) => {
  const provider = providers(replies)
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const asked = ask(asking(model), timeoutMs === undefined ? {} : { timeoutMs })
    const fiber = yield* Effect.forkChild(Effect.result(gateway.generate(asked)))
    for (let step = 0; step < 30; step++) yield* pass(forMs / 30)
    const result = yield* Fiber.join(fiber)
    const decision = (yield* Decisions).find(asked.id)
    return {
      places: provider.places(),
      served: result._tag === "Success" ? result.success.model : classOf(result.failure),
      error: result._tag === "Failure" ? result.failure.reason : undefined,
      attempts: asked.told.attempts,
      times: decision?.attempts.map(({ startedMs }) => startedMs) ?? [],
      skipped: decision?.candidates.map(({ skipped }) => skipped?.why) ?? [],
      outcome: decision?.outcome
    }
  }).pipe(Effect.provide(simulated(provider.send, changes)))
}

test("what may pass by itself is asked again once, after a short while", () =>
  Effect.gen(function* () {
    const { places, served, attempts, times } = yield* story({ one: [status(500), good] })
    assertEquals([places, served, attempts], [["one", "one"], "near", 2])
    const [, pause = 0] = times
    assert(pause >= 50 && pause <= 1100, `${pause}`)
  }))

test("what does not pass goes to the fallback, whose name is told", () =>
  Effect.gen(function* () {
    const { places, served, attempts, outcome } = yield* story({ one: [status(500)], two: [good] })
    assertEquals([places, served, attempts], [["one", "one", "two"], "far", 3])
    assertEquals(outcome, "answered")
  }))

test("a provider that is silent is not asked again", () =>
  Effect.gen(function* () {
    const { places, served } = yield* story(
      { one: [{ steps: [], headMs: 1e9 }], two: [good] },
      setup({ config: { timeouts: { whole_head_seconds: 5 } } })
    )
    assertEquals([places, served], [["one", "two"], "far"])
  }))

test("where nobody answers, the first provider's fault is told", () =>
  Effect.gen(function* () {
    const { places, served, error } = yield* story({ one: [status(500)], two: [status(404)] })
    assertEquals([places, served], [["one", "one", "two"], "server"])
    assertEquals(error?._tag === "ProviderFailed" && error.model, "near")
  }))

test("a request that is wrong is told so, and nobody else is bothered with it", () =>
  Effect.gen(function* () {
    const { places, served } = yield* story({ one: [status(422)], two: [good] })
    assertEquals([places, served], [["one"], "bad_request"])
  }))

test("one that is too long goes only to a larger window", () =>
  Effect.gen(function* () {
    const long = status(400, { code: "context_length_exceeded" })
    const smaller = setup({ near: { context_window: 1000 }, far: { context_window: 1000 } })
    const refused = yield* story({ one: [long], two: [good] }, smaller)
    assertEquals([refused.places, refused.served], [["one"], "context_length"])
    assertEquals(refused.skipped, [undefined, "window_too_small"])
    const larger = setup({ near: { context_window: 1000 }, far: { context_window: 2000 } })
    const served = yield* story({ one: [long], two: [good] }, larger)
    assertEquals([served.places, served.served], [["one", "two"], "far"])
  }))

test("a content filter is routed around only where the operator wants that", () =>
  Effect.gen(function* () {
    const filtered = status(400, { code: "content_filter" })
    const told = yield* story({ one: [filtered], two: [good] })
    assertEquals([told.places, told.served], [["one"], "filtered"])
    const around = setup({ near: { reroute_filtered: true } })
    const { places, served } = yield* story({ one: [filtered], two: [good] }, around)
    assertEquals([places, served], [["one", "two"], "far"])
  }))

test("a short pause that a provider asks for is waited out where nobody else can answer", () =>
  Effect.gen(function* () {
    const limited = status(429, {}, { "retry-after": "3" })
    const alone = setup({ near: { fallback_models: [] } })
    const { places, served, times } = yield* story({ one: [limited, good] }, alone)
    assertEquals([places, served], [["one", "one"], "near"])
    const [, pause = 0] = times
    assert(pause >= 3000 && pause <= 4500, `${pause}`)
    const twice = yield* story({ one: [limited, limited, good] }, alone)
    assertEquals([twice.places, twice.served], [["one", "one"], "rate_limited"])
    // With somebody else at hand, nobody waits.
    const other = yield* story({ one: [limited, good], two: [good] })
    assertEquals([other.places, other.served], [["one", "two"], "far"])
  }))

test("a long pause is told, and is the shortest of all candidates", () =>
  Effect.gen(function* () {
    const wait = (seconds: string) => status(429, {}, { "retry-after": seconds })
    const { places, served, error } = yield* story({ one: [wait("60")], two: [wait("20")] })
    assertEquals([places, served], [["one", "two"], "rate_limited"])
    assertEquals(error?._tag === "ProviderFailed" && error.retryAfterMs, 20_000)
    const other = (yield* story({ one: [wait("20")], two: [wait("60")] })).error
    assertEquals(other?._tag === "ProviderFailed" && other.retryAfterMs, 20_000)
  }))

test("the client's own time limit ends it, and says nothing of the provider", () =>
  Effect.gen(function* () {
    const provider = providers({ one: [{ steps: [silence] }], two: [good] })
    yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      const asked = ask(asking("near"), { timeoutMs: 2000 })
      const fiber = yield* Effect.forkChild(Effect.flip(gateway.generate(asked)))
      yield* pass(1999)
      assertEquals(fiber.pollUnsafe(), undefined)
      yield* pass(1)
      assertEquals(classOf(yield* Fiber.join(fiber)), "timeout_total")
      assertEquals(provider.places(), ["one"])
      assertEquals((yield* Circuits).state("near@one", "one").consecutiveFailures, 0)
    }).pipe(Effect.provide(simulated(provider.send, setup())))
  }))

test("no more providers are asked than may be", () =>
  Effect.gen(function* () {
    const few = setup({ config: { retries: { attempts: 2 } } })
    const { places, served } = yield* story({ one: [status(500)], two: [good] }, few)
    assertEquals([places, served], [["one", "one"], "server"])
  }))

test("three failures open the circuit, and the fallback is asked at once", () =>
  Effect.gen(function* () {
    const provider = providers({ one: [status(404, { message: "x" }), status(500)], two: [good] })
    yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      const once = () =>
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(gateway.generate(ask(asking("near"))))
          yield* pass(500)
          yield* Fiber.join(fiber)
        })
      // What says nothing of the model's health does not count.
      yield* once()
      assertEquals((yield* Circuits).state("near@one", "one").consecutiveFailures, 0)
      yield* once()
      yield* once()
      assertEquals((yield* Circuits).state("near@one", "one").state, "open")
      const before = provider.calls.length
      yield* once()
      assertEquals(provider.places().slice(before), ["two"])
      const [first] = (yield* Decisions).find("req_test")?.candidates ?? []
      assertEquals([first?.skipped?.why, first?.circuit], ["circuit_open", "open"])
    }).pipe(Effect.provide(simulated(provider.send, setup())))
  }))

test("a model whose circuit is open and that nobody stands in for says when to come back", () =>
  Effect.gen(function* () {
    const provider = providers({ one: [status(500)] })
    yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      const once = Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Effect.flip(gateway.generate(ask(asking("near")))))
        yield* pass(500)
        return (yield* Fiber.join(fiber)).reason
      })
      yield* once
      yield* once
      const reason = yield* once
      assertEquals(reason._tag === "ModelUnavailable" && reason.why, "circuit_open")
      assert(reason._tag === "ModelUnavailable" && (reason.retryAfterMs ?? 0) > 1000)
    }).pipe(
      Effect.provide(simulated(provider.send, setup({ near: { fallback_models: [] } })))
    )
  }))

test("a key that is refused is not used again for a while, for any model", () =>
  Effect.gen(function* () {
    const provider = providers({ one: [status(401), good], two: [good] })
    yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      yield* gateway.generate(ask(asking("near")))
      yield* gateway.generate(ask(asking("near")))
      assertEquals(provider.places(), ["one", "two", "two"])
      yield* pass(10 * 60_000)
      yield* gateway.generate(ask(asking("near")))
      assertEquals(provider.places(), ["one", "two", "two", "one"])
    }).pipe(Effect.provide(simulated(provider.send, setup())))
  }))

test("a model whose own limit is reached is passed over for its fallback", () =>
  Effect.gen(function* () {
    const provider = providers({ one: [good], two: [good] })
    yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      const models: Array<string> = []
      for (let at = 0; at < 4; at++) {
        models.push((yield* gateway.generate(ask(asking("near")))).model)
      }
      assertEquals(models, ["near", "near", "far", "far"])
      yield* pass(61_000)
      assertEquals((yield* gateway.generate(ask(asking("near")))).model, "near")
    }).pipe(
      Effect.provide(
        simulated(provider.send, setup({ near: { rate_limit: { requests_per_minute: 2 } } }))
      )
    )
  }))

test("a caller's limit refuses, says when to come back, and leaves other callers alone", () =>
  Effect.gen(function* () {
    const provider = providers({ one: [good] })
    const limited = setup({ config: { limits: { key: { requests_per_minute: 2 } } } })
    yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      const from = (caller: string) => gateway.generate(ask(asking("near"), { caller }))
      yield* from("a")
      yield* from("a")
      const { reason } = yield* Effect.flip(from("a"))
      assertEquals(reason._tag === "RateLimited" && [reason.of, reason.limit], ["key", "requests"])
      assert(reason._tag === "RateLimited" && reason.retryAfterMs > 59_000)
      yield* from("b")
      assertEquals(provider.calls.length, 3)
    }).pipe(Effect.provide(simulated(provider.send, limited)))
  }))

test("tokens are set aside by an estimate and settled to what was used", () =>
  Effect.gen(function* () {
    const provider = providers({
      one: [answering("Hi", { prompt_tokens: 10, completion_tokens: 5 })]
    })
    const limited = setup({ config: { limits: { key: { tokens_per_minute: 5000 } } } })
    yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      const limiter = yield* Limiter
      const asked = ask(asking("near"))
      yield* gateway.generate(asked)
      assertEquals(limiter.view().map(({ tokens }) => tokens), [15])
      assertEquals(asked.told.standing?.tokens?.limit, 5000)
      const { reason } = yield* Effect.flip(
        gateway.generate(ask(asking("near", { maxTokens: 6000 })))
      )
      assertEquals(reason._tag === "InvalidRequest" && reason.kind, "request_exceeds_limit")
      assertEquals(limiter.view().map(({ tokens }) => tokens), [15])
    }).pipe(Effect.provide(simulated(provider.send, limited)))
  }))

test("a client that leaves a stream is charged for what it was shown, and no circuit hears of it", () =>
  Effect.gen(function* () {
    const text = "x".repeat(400)
    const provider = providers({
      one: [
        streaming(
          `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`,
          silence
        )
      ]
    })
    const limited = setup({ config: { limits: { key: { tokens_per_minute: 5000 } } } })
    yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      const client = yield* recorder
      const fiber = yield* Effect.forkChild(gateway.stream(ask(asking("near")), client))
      yield* pass(10)
      assertEquals(client.text(), text)
      yield* Fiber.interrupt(fiber)
      const [scope] = (yield* Limiter).view()
      assertEquals([scope?.tokens, scope?.concurrency], [49 + 5, 0])
      assertEquals((yield* Circuits).state("near@one", "one").consecutiveFailures, 0)
      assertEquals((yield* Decisions).find("req_test")?.outcome, "left")
    }).pipe(Effect.provide(simulated(provider.send, limited)))
  }))

test("a model asked for in words that it does not know is not answered by its fallback", () =>
  Effect.gen(function* () {
    const provider = providers({ two: [good] })
    yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      const { reason } = yield* Effect.flip(
        gateway.generate(ask(asking("gpt-4o", { reasoningEffort: "low" })))
      )
      assertEquals(reason._tag, "InvalidRequest")
    }).pipe(
      Effect.provide(simulated(
        provider.send,
        setup({ config: { models: { "gpt-4o": { fallback_models: ["gpt-5"] } } } })
      ))
    )
  }))

test("what the operator sets for a model is asked for where the request says nothing", () =>
  Effect.gen(function* () {
    const provider = providers({ one: [good] })
    const set = setup({ near: { parameters: { default_temperature: 0.3, max_tokens: 50 } } })
    yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      yield* gateway.generate(ask(asking("near")))
      yield* gateway.generate(ask(asking("near", { temperature: 1, maxTokens: 20 })))
      yield* gateway.generate(ask(asking("near", { maxTokens: 5000 })))
      assertEquals(
        provider.calls.map(({ body }) => [body.temperature, body.max_tokens]),
        [[0.3, 50], [1, 20], [0.3, 50]]
      )
    }).pipe(Effect.provide(simulated(provider.send, set)))
  }))
