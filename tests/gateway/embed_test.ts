import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { EmbeddingRequest } from "../../src/domain/Embedding.ts"
import { nothingTold } from "../../src/gateway/Ask.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Limiter } from "../../src/guard/limits/Limiter.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { json, pass, settled } from "../kit/upstream.ts"
import { calls, request, requests } from "./books.ts"
import { providers, setup } from "./places.ts"
import { broken, priced } from "./priced.ts"

const asking = (changes: Partial<EmbeddingRequest> = {}) => ({
  id: "req_test",
  caller: "tester",
  timeoutMs: undefined,
  told: nothingTold(),
  request: { model: "near", inputs: ["Hello", "there"], ...changes }
})

const embed = (changes: Partial<EmbeddingRequest> = {}) =>
  Gateway.use((gateway) => gateway.embed(asking(changes)))

/** Why it is refused. */
const refusal = (changes: Partial<EmbeddingRequest> = {}) =>
  Effect.map(Effect.flip(embed(changes)), ({ reason }) => {
    if (reason._tag !== "InvalidRequest") throw new Error(`It was refused for ${reason._tag}`)
    return reason
  })

/** Vectors of two inputs, and 7 tokens read. */
const vectors = (usage: object | undefined = { prompt_tokens: 7, total_tokens: 7 }) =>
  json({
    data: [{ index: 1, embedding: [3, 4] }, { index: 0, embedding: [1, 2] }],
    usage
  })

const embedding = { capabilities: ["embeddings"] }

test("vectors come in the order of their inputs, and are booked at their price", () => {
  const upstream = providers({ one: [vectors()] })
  return Effect.gen(function* () {
    const embedded = yield* embed({ dimensions: 2, user: "u" })
    assertEquals(embedded.embeddings.vectors, [[1, 2], [3, 4]])
    assertEquals([embedded.model, embedded.usage.promptTokens], ["near", 7])
    assertEquals(embedded.cost, { inputNanos: 21, outputNanos: 0 })
    const row = yield* request
    assertEquals([row.outcome, row.model, row.provider, row.calls], ["ok", "near", "one", 1])
    assertEquals([row.prompt_tokens, row.completion_tokens, row.source], [7, 0, "reported"])
    assertEquals([row.input_nanos, row.output_nanos], [21, 0])
    const [call] = upstream.calls
    assertEquals(call?.request.url, "http://one/v1/embeddings")
    assertEquals(call?.body, { model: "near", input: ["Hello", "there"], dimensions: 2, user: "u" })
  }).pipe(Effect.provide(simulated(upstream.send, priced(embedding))))
})

test("what the provider does not count is counted", () =>
  Effect.gen(function* () {
    const { usage } = yield* embed({ inputs: ["Hello", Array.from({ length: 100 }, () => 5)] })
    assertEquals(usage.source, "estimated")
    assert(usage.promptTokens >= 101 && usage.promptTokens < 110, String(usage.promptTokens))
  }).pipe(Effect.provide(simulated(
    providers({ one: [vectors({})] }).send,
    priced(embedding)
  ))))

test("a failure goes on to a model that the operator named, and both calls are booked", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(embed())
    yield* pass(10_000)
    assertEquals((yield* Fiber.join(fiber)).model, "far")
    const all = yield* calls
    assertEquals(all.map(({ deployment, outcome }) => [deployment, outcome]), [
      ["near@one", "server"],
      ["near@one", "server"],
      ["far@two", "answered"]
    ])
  }).pipe(Effect.provide(simulated(
    providers({ one: [broken], two: [vectors()] }).send,
    priced(embedding)
  ))))

test("a model that is not known to make vectors stands in for nobody, and refuses", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.flip(embed()))
    yield* pass(10_000)
    assertEquals((yield* Fiber.join(fiber)).reason._tag, "ProviderFailed")
    const { kind, message } = yield* refusal({ model: "far" })
    assertEquals(kind, "no_embeddings")
    assertStringIncludes(message, "far")
  }).pipe(Effect.provide(simulated(
    providers({ one: [broken] }).send,
    setup({ near: embedding, far: { capabilities: ["text-generation", "conversation"] } })
  ))))

test("a model of which nothing is known is asked", () =>
  Effect.gen(function* () {
    assertEquals((yield* embed()).embeddings.vectors.length, 2)
  }).pipe(Effect.provide(simulated(providers({ one: [vectors()] }).send, setup()))))

test("an answer that lacks a vector is no answer", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.flip(embed({ inputs: ["a", "b", "c"] })))
    yield* pass(10_000)
    const error = yield* Fiber.join(fiber)
    assert(error.reason._tag === "ProviderFailed" && error.reason.fault.class === "bad_response")
  }).pipe(Effect.provide(simulated(
    providers({ one: [vectors()] }).send,
    setup({ near: { ...embedding, fallback_models: [] } })
  ))))

test("what the model has no words for is refused, or left out and told", () => {
  const upstream = providers({ one: [vectors()] })
  return Effect.gen(function* () {
    const { issues, kind } = yield* refusal({ purpose: "query" })
    assertEquals([kind, issues.map(({ path }) => path)], ["unsupported_parameter", [["purpose"]]])
    const ask = asking({ purpose: "query", dropUnsupported: true })
    yield* Gateway.use((gateway) => gateway.embed(ask))
    assertEquals(ask.told.dropped, ["purpose"])
    assertEquals(upstream.calls.length, 1)
    assertEquals((yield* requests).length, 1)
  }).pipe(
    Effect.provide(simulated(upstream.send, setup({ near: { ...embedding, fallback_models: [] } })))
  )
})

test("no model is chosen by the gateway: vectors of two cannot be compared", () =>
  Effect.gen(function* () {
    assertEquals((yield* refusal({ model: "auto" })).kind, "auto_embeddings")
  }).pipe(Effect.provide(simulated(providers({}).send, setup()))))

test("the limits of the key and of the model hold, and what was not used comes back", () =>
  Effect.gen(function* () {
    yield* embed()
    const limiter = yield* Limiter
    const scopes = ["key/tester", "model/near"].map((name) => ({
      name,
      limits: { requestsPerMinute: 2, tokensPerMinute: 100 }
    }))
    for (const scope of scopes) {
      const { requests, tokens } = limiter.standing([scope])
      assertEquals([requests?.remaining, tokens?.remaining], [1, 93], scope.name)
    }
    yield* embed()
    assertEquals((yield* Effect.flip(embed())).reason._tag, "RateLimited")
    assertEquals((yield* requests).length, 2)
  }).pipe(Effect.provide(simulated(
    providers({ one: [vectors()] }).send,
    setup({
      near: {
        ...embedding,
        rate_limit: { requests_per_minute: 2, tokens_per_minute: 100 },
        fallback_models: []
      },
      config: { limits: { key: { requests_per_minute: 2, tokens_per_minute: 100 } } }
    })
  ))))

test("only what is read is set aside: no room is kept for an answer", () =>
  Effect.gen(function* () {
    const both = yield* Effect.forkChild(Effect.all([embed(), embed()], {
      concurrency: "unbounded"
    }))
    yield* pass(1000)
    assertEquals((yield* Fiber.join(both)).length, 2)
  }).pipe(Effect.provide(simulated(
    providers({ one: [{ ...vectors(), headMs: 500 }] }).send,
    setup({
      near: { ...embedding, fallback_models: [] },
      config: { limits: { key: { tokens_per_minute: 30 } } }
    })
  ))))

test("a client that leaves ends the call, and is charged for what was read", () => {
  const upstream = providers({ one: [{ ...vectors(), headMs: 1000 }] })
  return Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(embed())
    yield* pass(10)
    yield* Fiber.interrupt(fiber)
    yield* settled
    assert(upstream.calls[0]?.hungUp())
    const row = yield* request
    assertEquals([row.outcome, row.source], ["client_abort", "estimated"])
    assert(row.prompt_tokens > 0)
  }).pipe(Effect.provide(simulated(upstream.send, priced(embedding))))
})
