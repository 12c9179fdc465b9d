import { assert, assertEquals } from "@std/assert"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { costOf, type Rates } from "../../src/domain/Cost.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Limiter } from "../../src/guard/limits/Limiter.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import {
  answering,
  counted,
  cut,
  done,
  json,
  pass,
  piece,
  role,
  says,
  silence,
  stop,
  streaming,
  upstream
} from "../kit/upstream.ts"
import { calls, prices, request, requests, underWay } from "./books.ts"
import { providers, setup } from "./places.ts"
import { recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

/** 3 nano-dollars a token read, 1 from the cache, 7 written, 9 of reasoning. */
const price = {
  input_per_1m_tokens: 0.003,
  cached_input_per_1m_tokens: 0.001,
  output_per_1m_tokens: 0.007,
  reasoning_per_1m_tokens: 0.009
}
const priced = (near: object = {}, config: object = {}) =>
  setup({ near: { price, ...near }, far: { price }, config })
const good = answering("Hi", { prompt_tokens: 10, completion_tokens: 5 })
const broken = json({ error: { message: "no" } }, { status: 500 })

const generate = Gateway.use((gateway) => gateway.generate(ask(asking("near"))))
const stream = Effect.gen(function* () {
  const client = yield* recorder
  const gateway = yield* Gateway
  yield* gateway.stream(ask(asking("near")), client)
  return client
})

const tokens = (row: { readonly prompt_tokens: number; readonly completion_tokens: number }) =>
  [row.prompt_tokens, row.completion_tokens] as const

test("a whole answer is one closed row and one call, at its price, before it is told", () =>
  Effect.gen(function* () {
    yield* generate
    const row = yield* request
    assertEquals([row.id, row.caller, row.outcome], ["req_test", "tester", "ok"])
    assertEquals([row.model, row.provider, row.calls], ["near", "one", 1])
    assertEquals([...tokens(row), row.source], [10, 5, "reported"])
    assertEquals([row.input_nanos, row.output_nanos], [30, 35])
    const [call] = yield* calls
    assertEquals([call?.outcome, call?.deployment, call?.showed], ["answered", "near@one", 1])
  }).pipe(Effect.provide(simulated(providers({ one: [good] }).send, priced()))))

test("the row is open, and durable, before the provider is asked", () =>
  Effect.gen(function* () {
    const seen: Array<unknown> = []
    const look = Effect.gen(function* () {
      const [call] = yield* underWay
      const closed = yield* requests
      seen.push([closed.length, call?.id, call?.source, (call?.input_nanos ?? 0) > 0])
    })
    const context = yield* Effect.context<SqlClient.SqlClient>()
    const provider = upstream(() => {
      Effect.runSync(Effect.provide(look, context))
      return good
    })
    send = provider.send
    yield* generate
    assertEquals(seen, [[0, "req_test", "estimated", true]])
    assertEquals(yield* underWay, [])
  }).pipe(Effect.provide(simulated((...asked) => send(...asked), priced()))))
/** What answers, where a test needs the books to make it. */
let send = upstream(() => good).send

test("a streamed answer is booked before its client is told that it is whole", () =>
  Effect.gen(function* () {
    const client = yield* recorder
    const context = yield* Effect.context<SqlClient.SqlClient>()
    let atTheEnd: unknown
    const gateway = yield* Gateway
    yield* gateway.stream(ask(asking("near")), {
      ...client,
      finish: (ending) => {
        atTheEnd = Effect.runSync(Effect.provide(request, context)).outcome
        client.finish(ending)
      }
    })
    assertEquals(atTheEnd, "ok")
    assert(client.ending())
  }).pipe(Effect.provide(simulated(
    providers({ one: [streaming(says("Hi"), stop, counted(4, 2), done)] }).send,
    priced()
  ))))

test("each call has its row: a request costs what its calls cost, and shows who served it", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(generate)
    yield* pass(5000)
    yield* Fiber.join(fiber)
    const row = yield* request
    assertEquals([row.outcome, row.model, row.provider, row.calls], ["ok", "far", "two", 3])
    assertEquals(
      (yield* calls).map((call) => [call.number, call.outcome, call.status, ...tokens(call)]),
      [[1, "server", 500, 0, 0], [2, "server", 500, 0, 0], [3, "answered", null, 10, 5]]
    )
    assertEquals([row.input_nanos, row.output_nanos], [30, 35])
  }).pipe(
    Effect.provide(simulated(providers({ one: [broken], two: [good] }).send, priced()))
  ))

test("cached and reasoning tokens are kept apart, at their own prices", () =>
  Effect.gen(function* () {
    yield* generate
    const row = yield* request
    assertEquals([...tokens(row), row.cached_tokens], [10, 5, 4])
    assertEquals([row.input_nanos, row.output_nanos], [6 * 3 + 4 * 1, 3 * 7 + 2 * 9])
  }).pipe(Effect.provide(simulated(
    providers({
      one: [
        answering("Hi", {
          prompt_tokens: 10,
          prompt_tokens_details: { cached_tokens: 4 },
          completion_tokens: 5,
          completion_tokens_details: { reasoning_tokens: 2 }
        })
      ]
    }).send,
    priced()
  ))))

test("every cost can be reckoned again from its row and the price that it names", () =>
  Effect.gen(function* () {
    yield* generate
    const [kept] = yield* prices
    const [call] = yield* calls
    assertEquals(call?.price, kept?.price)
    const rates: Rates = JSON.parse(kept?.rates ?? "")
    const cost = costOf(rates, {
      promptTokens: 10,
      completionTokens: 5,
      cachedTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
      source: "reported"
    })
    assertEquals([cost.inputNanos, cost.outputNanos], [call?.input_nanos, call?.output_nanos])
  }).pipe(Effect.provide(simulated(providers({ one: [good] }).send, priced()))))

test("an explicit 0 is a report, and is not counted over", () =>
  Effect.gen(function* () {
    yield* generate
    const row = yield* request
    assertEquals([...tokens(row), row.source], [0, 0, "reported"])
    assertEquals([row.input_nanos, row.output_nanos], [0, 0])
  }).pipe(Effect.provide(simulated(
    providers({ one: [answering("Hello", { prompt_tokens: 0, completion_tokens: 0 })] }).send,
    priced()
  ))))

test("an answer without a report is counted, and marked so", () =>
  Effect.gen(function* () {
    yield* generate
    const row = yield* request
    assertEquals([row.source, row.completion_tokens], ["estimated", 4])
    assert(row.prompt_tokens > 0)
  }).pipe(Effect.provide(
    simulated(providers({ one: [answering("Hello to all of")] }).send, priced())
  )))

test("what nobody knows the price of costs null, never 0", () =>
  Effect.gen(function* () {
    yield* generate
    const row = yield* request
    assertEquals([row.input_nanos, row.output_nanos], [null, null])
    assertEquals([...tokens(row), row.source], [10, 5, "reported"])
  }).pipe(Effect.provide(simulated(providers({ one: [good] }).send, setup()))))

const fail = { stream_recovery: "fail", fallback_models: [] }

test("a stream that is cut is charged for what was delivered, counted, and by what was reported", () =>
  Effect.gen(function* () {
    const client = yield* stream
    assertEquals(client.failure(), "stream_cut")
    const row = yield* request
    assertEquals([row.outcome, row.source, row.prompt_tokens], ["stream_error", "mixed", 40])
    assertEquals(row.completion_tokens, 3)
  }).pipe(Effect.provide(simulated(
    providers({ one: [streaming(counted(40, 1), says("one two "), says("three"), cut)] }).send,
    priced(fail)
  ))))

test("C2: a client that leaves pays for what it was sent, by the gateway's count", () => {
  const provider = providers({ one: [streaming(says("one two three four"), silence)] })
  return Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(100)
    yield* Fiber.interrupt(fiber)
    const row = yield* request
    assertEquals([row.outcome, row.source], ["client_abort", "estimated"])
    assertEquals(row.completion_tokens, 4)
    assertEquals(provider.calls[0]?.cancelled, true)
    assertEquals((yield* calls).map(({ outcome }) => outcome), ["left"])
  }).pipe(Effect.provide(simulated(provider.send, priced())))
})

test("C1: a client that leaves before the head of the answer is charged nothing", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(100)
    yield* Fiber.interrupt(fiber)
    const row = yield* request
    assertEquals([row.outcome, row.source, ...tokens(row)], ["client_abort", "unknown", 0, 0])
    assertEquals(row.calls, 1)
  }).pipe(Effect.provide(simulated(
    providers({ one: [{ ...streaming(says("Hi"), done), headMs: 1000 }] }).send,
    priced()
  ))))

const slowly = streaming(says("one two "), 1000, says("three"), stop, counted(9, 6), done)

test("with on_disconnect: drain the provider is read on for its own count, and nobody sees it", () => {
  const provider = providers({ one: [slowly] })
  return Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(100)
    const leaving = yield* Effect.forkChild(Fiber.interrupt(fiber))
    yield* pass(100)
    assertEquals([(yield* underWay).length, (yield* requests).length], [1, 0])
    yield* pass(1000)
    yield* Fiber.join(leaving)
    const row = yield* request
    assertEquals([row.outcome, row.source, ...tokens(row)], ["client_abort", "reported", 9, 6])
    assertEquals((yield* calls).map(({ outcome }) => outcome), ["answered"])
  }).pipe(Effect.provide(simulated(provider.send, priced({ on_disconnect: "drain" }))))
})

test("reading on is bounded: then the provider is hung up on, and what came is counted", () => {
  const provider = providers({ one: [streaming(says("one two "), 1000, says("three"), silence)] })
  return Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(100)
    const leaving = yield* Effect.forkChild(Fiber.interrupt(fiber))
    yield* pass(1900)
    assertEquals([(yield* underWay).length, (yield* requests).length], [1, 0])
    yield* pass(200)
    yield* Fiber.join(leaving)
    const row = yield* request
    assertEquals([row.outcome, row.source], ["client_abort", "estimated"])
    assertEquals(row.completion_tokens, 3)
    assertEquals(provider.calls[0]?.cancelled, true)
  }).pipe(Effect.provide(simulated(
    provider.send,
    priced({ on_disconnect: "drain" }, { timeouts: { read_on_seconds: 2 } })
  )))
})

test("whoever has left has nobody else asked, though it is read on", () => {
  const provider = providers({ one: [{ ...broken, headMs: 500 }], two: [good] })
  return Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(generate)
    yield* pass(100)
    const leaving = yield* Effect.forkChild(Fiber.interrupt(fiber))
    yield* pass(5000)
    yield* Fiber.join(leaving)
    assertEquals(provider.places(), ["one"])
    assertEquals((yield* request).outcome, "client_abort")
  }).pipe(Effect.provide(simulated(provider.send, priced({ on_disconnect: "drain" }))))
})

test("what was not admitted has no row; what nobody could answer has one without calls", () =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    yield* gateway.generate(ask(asking("far")))
    const refused = yield* Effect.exit(gateway.generate(ask(asking("far"))))
    assert(Exit.isFailure(refused))
    yield* Effect.exit(gateway.generate(ask(asking("nobody-knows-it"))))
    yield* Effect.exit(gateway.generate(ask(asking("near"), { caller: "another" })))
    assertEquals(
      (yield* requests).map(({ outcome, calls, model }) => [outcome, calls, model]),
      [["ok", 1, "far"], ["upstream_error", 0, "near"]]
    )
  }).pipe(Effect.provide(simulated(
    providers({ one: [good], two: [good] }).send,
    priced(
      { enabled: false, fallback_models: [] },
      { limits: { key: { requests_per_minute: 1 } } }
    )
  ))))

test("outcomes: filtered, in time, and by our own mistake", () =>
  Effect.gen(function* () {
    yield* generate
    const fiber = yield* Effect.forkChild(Effect.exit(generate))
    yield* pass(400_000)
    yield* Fiber.join(fiber)
    assertEquals((yield* requests).map(({ outcome }) => outcome), ["filtered", "timeout"])
  }).pipe(Effect.provide(simulated(
    providers({
      one: [
        json({
          choices: [{
            index: 0,
            message: { role: "assistant", content: "" },
            finish_reason: "content_filter"
          }],
          usage: { prompt_tokens: 1, completion_tokens: 0 }
        }),
        { steps: [silence] }
      ]
    }).send,
    priced({ fallback_models: [] })
  ))))

test("a broken stream that is taken up is one row: all that its client was shown is paid for", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(5000)
    const client = yield* Fiber.join(fiber)
    assertEquals(client.text(), "one two three")
    const row = yield* request
    const all = yield* calls
    const [first] = all
    const last = all.at(-1)
    assertEquals([row.outcome, row.model, row.source], ["ok", "far", "mixed"])
    assertEquals([first?.outcome, first?.source, last?.source], [
      "stream_cut",
      "estimated",
      "reported"
    ])
    assertEquals(last?.resumed, "instruction")
    const sum = (of: "completion_tokens" | "input_nanos") =>
      all.reduce((total, call) => total + (call[of] ?? 0), 0)
    assertEquals(row.completion_tokens, sum("completion_tokens"))
    assertEquals(row.input_nanos, sum("input_nanos"))
  }).pipe(Effect.provide(simulated(
    providers({
      one: [streaming(role, says("one two "), cut)],
      two: [streaming(role, says("three"), piece({}, "stop"), counted(20, 2), done)]
    }).send,
    priced()
  ))))

test("what was delivered so far is in the books within about a second, for the case of a crash", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(100)
    const before = (yield* underWay)[0]?.completion_tokens
    yield* pass(2500)
    const [after] = yield* underWay
    assertEquals(before, 0)
    assert((after?.completion_tokens ?? 0) >= 4, `${after?.completion_tokens}`)
    assert((after?.output_nanos ?? 0) >= 28)
    yield* Fiber.interrupt(fiber)
  }).pipe(Effect.provide(simulated(
    providers({ one: [streaming(says("one two three four five"), silence)] }).send,
    priced()
  ))))

test("a call that failed is noted as that, for the case of a crash while another is tried", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.exit(generate))
    yield* pass(3000)
    assertEquals(
      (yield* underWay).map((call) => [call.deployment, call.prompt_tokens > 0, call.input_nanos]),
      [["near@one", false, null], ["near@one", false, null], ["far@two", true, 18]]
    )
    yield* Fiber.interrupt(fiber)
  }).pipe(Effect.provide(
    simulated(providers({ one: [broken], two: [{ steps: [silence] }] }).send, priced())
  )))

test("a call that takes up a broken stream is noted as that before it is made", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(3000)
    assertEquals(
      (yield* underWay).map(({ deployment, resumed }) => [deployment, resumed]).at(-1),
      ["far@two", "instruction"]
    )
    yield* Fiber.interrupt(fiber)
  }).pipe(Effect.provide(simulated(
    providers({ one: [streaming(role, says("one two "), cut)], two: [{ steps: [silence] }] }).send,
    priced()
  ))))

test("the caller's limit is settled to what the books say", () =>
  Effect.gen(function* () {
    yield* generate
    const limiter = yield* Limiter
    assertEquals(limiter.view().map(({ tokens }) => tokens), [15])
    assertEquals(tokens(yield* request), [10, 5])
  }).pipe(Effect.provide(simulated(
    providers({ one: [good] }).send,
    priced({}, { limits: { key: { tokens_per_minute: 5000 } } })
  ))))

test("S6: a clock that is set back an hour leaves rows in their order, and durations as they were", () =>
  Effect.gen(function* () {
    const clock = yield* Clock.clockWith(Effect.succeed)
    let hours = 10
    const wall = () => clock.currentTimeMillisUnsafe() + hours * 3_600_000
    const adjustable: Clock.Clock = {
      sleep: (duration) => clock.sleep(duration),
      currentTimeMillisUnsafe: wall,
      currentTimeMillis: Effect.sync(wall),
      currentTimeNanosUnsafe: () => BigInt(wall()) * 1_000_000n,
      currentTimeNanos: Effect.sync(() => BigInt(wall()) * 1_000_000n),
      monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
      monotonicTimeNanos: clock.monotonicTimeNanos
    }
    const provider = providers({ one: [{ ...good, headMs: 500 }] })
    yield* Effect.gen(function* () {
      for (let at = 0; at < 2; at++) {
        const fiber = yield* Effect.forkChild(generate)
        yield* pass(250)
        hours = 9
        yield* pass(250)
        yield* Fiber.join(fiber)
      }
      assertEquals(
        (yield* requests).map(({ at, duration_ms }) => [at / 3_600_000 | 0, duration_ms]),
        [[10, 500], [9, 500]]
      )
    }).pipe(Effect.provide(
      Layer.provide(simulated(provider.send, priced()), Layer.succeed(Clock.Clock, adjustable))
    ))
  }))
