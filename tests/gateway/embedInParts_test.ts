import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { EmbeddingRequest } from "../../src/domain/Embedding.ts"
import { nothingTold } from "../../src/gateway/Ask.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { test } from "../kit/effect.ts"
import { type Setup, simulated } from "../kit/gateway.ts"
import { json, pass, type Reply, settled } from "../kit/upstream.ts"
import { calls, request } from "./books.ts"
import { providers } from "./places.ts"
import { broken } from "./priced.ts"

/** A provider that speaks Bedrock's dialect, and a model of it that takes one text at a time. */
const setup: Setup = {
  config: {
    providers: { one: { dialect: "bedrock", base_url: "http://one", api_key: "k" } },
    models: {
      near: {
        provider: "one",
        upstream_model: "amazon.titan-embed-text-v2:0",
        capabilities: ["embeddings"],
        price: { input_per_1m_tokens: 0.003, output_per_1m_tokens: 0 },
        fallback_models: []
      }
    },
    retries: { attempts: 1 }
  }
}

const embed = (inputs: EmbeddingRequest["inputs"]) =>
  Gateway.use((gateway) =>
    gateway.embed({
      id: "req_test",
      caller: "tester",
      timeoutMs: undefined,
      told: nothingTold(),
      request: { model: "near", inputs }
    })
  )

const vector = (at: number, inputTextTokenCount: number | undefined = 5) =>
  json({ embedding: [at, 0.5], inputTextTokenCount })

const house = (...replies: ReadonlyArray<Reply>) => {
  const upstream = providers({ one: replies })
  return { upstream, layer: simulated(upstream.send, setup) }
}

test("each text is asked for by itself, and all are booked as one call", () => {
  const { layer, upstream } = house(vector(0), vector(1), vector(2))
  return Effect.gen(function* () {
    const { cost, embeddings, usage } = yield* embed(["a", "b", "c"])
    assertEquals(embeddings.vectors, [[0, 0.5], [1, 0.5], [2, 0.5]])
    assertEquals([usage.promptTokens, usage.source, cost?.inputNanos], [15, "reported", 45])
    assertEquals(upstream.calls.map(({ body }) => body.inputText), ["a", "b", "c"])
    const row = yield* request
    assertEquals([row.outcome, row.calls, row.prompt_tokens, row.input_nanos], ["ok", 1, 15, 45])
  }).pipe(Effect.provide(layer))
})

test("a failure in the middle gives no vectors, and what was read until then is booked", () => {
  const { layer, upstream } = house(vector(0), vector(1), broken, vector(3))
  return Effect.gen(function* () {
    const error = yield* Effect.flip(embed(["a", "b", "c", "d"]))
    assertEquals([error.reason._tag, upstream.calls.length], ["ProviderFailed", 3])
    const [call] = yield* calls
    assertEquals([call?.outcome, call?.prompt_tokens, call?.source], ["server", 10, "reported"])
    assertEquals([call?.input_nanos, (yield* request).input_nanos], [30, 30])
  }).pipe(Effect.provide(layer))
})

test("of what a provider does not count, that is counted which it read", () => {
  const { layer } = house(vector(0, -1), broken)
  return Effect.gen(function* () {
    const long = " the".repeat(1000)
    yield* Effect.flip(embed([" the".repeat(100), long, long]))
    const [call] = yield* calls
    assertEquals(call?.source, "estimated")
    const { prompt_tokens: tokens = 0 } = call ?? {}
    assert(tokens >= 100 && tokens < 150, String(tokens))
  }).pipe(Effect.provide(layer))
})

test("a failure of the first costs nothing", () => {
  const { layer } = house(broken)
  return Effect.gen(function* () {
    yield* Effect.flip(embed(["a", "b"]))
    const [call] = yield* calls
    assertEquals([call?.outcome, call?.prompt_tokens], ["server", 0])
  }).pipe(Effect.provide(layer))
})

test("who leaves in the middle is charged for what was sent, and nothing more is", () => {
  const slow = { ...vector(1), headMs: 1000 }
  const { layer, upstream } = house(vector(0), slow, vector(2))
  return Effect.gen(function* () {
    const words = " the".repeat(100)
    const fiber = yield* Effect.forkChild(embed([words, words, " the".repeat(5000)]))
    yield* pass(10)
    yield* Fiber.interrupt(fiber)
    yield* settled
    assertEquals(upstream.calls.length, 2)
    assert(upstream.calls[1]?.hungUp())
    const row = yield* request
    assertEquals([row.outcome, row.source], ["client_abort", "estimated"])
    assert(row.prompt_tokens >= 200 && row.prompt_tokens < 250, String(row.prompt_tokens))
  }).pipe(Effect.provide(layer))
})

test("more texts than there may be calls are refused before any is made", () => {
  const { layer, upstream } = house()
  return Effect.gen(function* () {
    const { reason } = yield* Effect.flip(embed(Array(101).fill("a")))
    if (reason._tag !== "InvalidRequest") throw new Error(`It was refused for ${reason._tag}`)
    assertEquals(reason.issues?.map(({ path }) => path), [["inputs"]])
    assertEquals(upstream.calls.length, 0)
  }).pipe(Effect.provide(layer))
})
