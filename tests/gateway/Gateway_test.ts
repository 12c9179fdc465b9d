import { assertEquals, assertObjectMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { CompletionRequest } from "../../src/domain/Completion.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { ModelReport } from "../../src/routing/ModelReport.ts"
import { test } from "../kit/effect.ts"
import { type Setup, simulated } from "../kit/gateway.ts"
import {
  answering,
  counted,
  cut,
  done,
  json,
  pass,
  type Reply,
  says,
  silence,
  stop,
  streaming,
  upstream
} from "../kit/upstream.ts"
import { classOf, recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

const generate = (request: CompletionRequest) =>
  Gateway.use((gateway) => gateway.generate(ask(request)))

const stream = (request: CompletionRequest) =>
  Effect.gen(function* () {
    const client = yield* recorder
    yield* Gateway.use((gateway) => gateway.stream(ask(request), client))
    return client
  })

const whole = (reply: Reply, model = "gpt-4o", setup: Setup = {}) =>
  generate(asking(model)).pipe(Effect.provide(simulated(upstream(() => reply).send, setup)))

const streamed = (reply: Reply, model = "gpt-4o", setup: Setup = {}) =>
  stream(asking(model)).pipe(Effect.provide(simulated(upstream(() => reply).send, setup)))

/** No call is repeated. */
const once = { config: { retries: { attempts: 1 } } }

const reported = {
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "reported"
} as const

test("generate() answers with the text, the model, what it took and what it cost", () =>
  Effect.gen(function* () {
    const usage = { prompt_tokens: 1000, completion_tokens: 500 }
    // As it was written it is of use only to clients of the same dialect, and this is none.
    assertEquals(yield* whole(answering("Hi", usage)), {
      model: "gpt-4o",
      answer: {
        choices: [{ index: 0, text: "Hi", reasoning: [], toolCalls: [], finishReason: "stop" }],
        usage: { ...reported, promptTokens: 1000, completionTokens: 500 }
      },
      usage: { ...reported, promptTokens: 1000, completionTokens: 500 },
      cost: { inputNanos: 2_500_000, outputNanos: 5_000_000 }
    })
  }))

test("generate() reads a stream that came though a whole answer was asked for", () =>
  Effect.gen(function* () {
    const { answer, usage } = yield* whole(
      streaming(says("a"), says("b"), stop, counted(7, 2), done)
    )
    assertEquals([answer.choices[0]?.text, usage.promptTokens], ["ab", 7])
  }))

test("generate() refuses a stream that was cut though a whole answer was asked for", () =>
  Effect.gen(function* () {
    assertEquals(
      classOf(yield* Effect.flip(whole(streaming(says("a")), "gpt-4o", once))),
      "stream_cut"
    )
  }))

test("stream() sends a whole answer that came though a stream was asked for", () =>
  Effect.gen(function* () {
    const client = yield* streamed(answering("Hi", { prompt_tokens: 3, completion_tokens: 1 }))
    assertEquals([client.text(), client.ending()?.usage.source], ["Hi", "reported"])
  }))

test("what was asked is sent once, by the provider's own name for the model, with its key", () =>
  Effect.gen(function* () {
    const provider = upstream(() => answering("Hi"))
    yield* generate(asking("gpt-4", { maxTokens: 5, temperature: 0 })).pipe(
      Effect.provide(simulated(provider.send))
    )
    const [call] = provider.calls
    assertEquals(provider.calls.length, 1)
    assertEquals(call?.request.url, "https://api.openai.com/v1/chat/completions")
    assertEquals(call?.request.headers.authorization, "Bearer sk-test")
    assertEquals(call?.body, {
      model: "gpt-5.4",
      messages: [{ role: "user", content: "Hello" }],
      temperature: 0,
      max_completion_tokens: 5
    })
  }))

test("usage that was not reported is estimated, and marked so", () =>
  Effect.gen(function* () {
    const { usage } = yield* whole(answering("12345678"))
    assertEquals([usage.promptTokens, usage.completionTokens, usage.source], [5, 3, "estimated"])
    const client = yield* streamed(streaming(says("1234"), says("5678"), stop, done))
    assertEquals(client.ending()?.usage, usage)
  }))

test("a reported 0 is a report", () =>
  Effect.gen(function* () {
    const client = yield* streamed(streaming(says("a"), stop, counted(0, 0), done))
    assertObjectMatch(client.ending() ?? {}, {
      usage: { ...reported, promptTokens: 0, completionTokens: 0 },
      cost: { inputNanos: 0, outputNanos: 0 }
    })
    const { usage } = yield* whole(answering("a", { prompt_tokens: 0, completion_tokens: 0 }))
    assertEquals([usage.completionTokens, usage.source], [0, "reported"])
  }))

test("counts that come again and again are not summed: the last holds", () =>
  Effect.gen(function* () {
    const client = yield* streamed(
      streaming(counted(9, 1), says("a"), counted(9, 2), says("b"), counted(9, 3), stop, done)
    )
    assertEquals(client.ending()?.usage.completionTokens, 3)
  }))

test("a price that nobody knows is no price, and not 0", () =>
  Effect.gen(function* () {
    const config = {
      providers: { mine: { dialect: "openai", base_url: "http://mine/v1" } },
      models: { homemade: { provider: "mine" }, "gpt-nonsense": { provider: "openai" } }
    }
    for (const model of ["homemade", "gpt-nonsense"]) {
      const reply = answering("Hi", { prompt_tokens: 1, completion_tokens: 1 })
      assertEquals((yield* whole(reply, model, { config })).cost, undefined)
      const client = yield* streamed(streaming(says("a"), stop, done), model, { config })
      assertEquals(client.ending()?.cost, undefined)
    }
  }))

test("a configured price counts before the price list", () =>
  Effect.gen(function* () {
    const price = { input_per_1m_tokens: 1000, output_per_1m_tokens: 0 }
    const { cost } = yield* whole(
      answering("Hi", { prompt_tokens: 2, completion_tokens: 9 }),
      "gpt-4o",
      { config: { models: { "gpt-4o": { price } } } }
    )
    assertEquals(cost, { inputNanos: 2_000_000, outputNanos: 0 })
  }))

test("a failure of the provider is told with its class, whatever was asked for", () =>
  Effect.gen(function* () {
    const reply = json({ error: { message: "slow down" } }, {
      status: 429,
      headers: { "retry-after": "7" }
    })
    for (const asked of [Effect.asVoid(whole(reply)), Effect.asVoid(streamed(reply))]) {
      const { reason } = yield* Effect.flip(asked)
      assertEquals(reason._tag === "ProviderFailed" && reason.model, "gpt-4o")
      const fault = reason._tag === "ProviderFailed" ? reason.fault : undefined
      assertEquals([fault?.class, fault?.status, fault?.retryAfterMs], ["rate_limited", 429, 7000])
    }
  }))

/** How `gpt-4o` is after requests that were answered by `replies` one by one. */
const recordAfter = Effect.fnUntraced(function* (...replies: ReadonlyArray<Reply>) {
  let next = 0
  const provider = upstream(() => replies[next++] ?? { steps: [] })
  return yield* Effect.gen(function* () {
    const gateway = yield* Gateway
    for (const _ of replies) {
      yield* Effect.ignore(gateway.stream(ask(asking("gpt-4o")), yield* recorder))
    }
    return yield* ModelReport.use((report) => report.of("gpt-4o"))
  }).pipe(Effect.provide(simulated(provider.send, {
    config: { ...once.config, load_balancing: { failure_threshold: 100 } }
  })))
})

const good = streaming(says("a"), stop, done)
const refusal = (status: number, code = "x") => json({ error: { message: "no", code } }, { status })

test("failures of the provider count against the model", () =>
  Effect.gen(function* () {
    const report = yield* recordAfter(
      good,
      refusal(500),
      streaming(says("a")),
      refusal(502),
      streaming(says("a"), cut)
    )
    assertEquals([report?.record.errorRate, report?.status], [0.8, "unavailable"])
  }))

test("what the client did wrong does not count against the model", () =>
  Effect.gen(function* () {
    const report = yield* recordAfter(
      good,
      refusal(400),
      refusal(400, "context_length_exceeded"),
      refusal(400, "content_filter")
    )
    assertEquals([report?.record.errorRate, report?.status], [0, "available"])
  }))

test("a client that leaves, or does not read, says nothing of the model", () => {
  const provider = upstream(() => streaming(says("a"), 10, says("b"), silence))
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const left = yield* Effect.forkChild(gateway.stream(ask(asking("gpt-4o")), yield* recorder))
    const deaf = yield* recorder
    deaf.setFull(true)
    const unread = yield* Effect.forkChild(gateway.stream(ask(asking("gpt-4o")), deaf))
    yield* pass(5)
    yield* Fiber.interrupt(left)
    yield* pass(60_000)
    yield* Fiber.join(unread)
    assertEquals(deaf.failure(), "ClientTooSlow")
    const report = yield* ModelReport.use((report) => report.of("gpt-4o"))
    assertEquals(report?.record.health, "unknown")
  }).pipe(Effect.provide(simulated(provider.send, {
    config: { providers: { openai: { health_check: "none" } } }
  })))
})
