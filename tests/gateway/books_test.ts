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
  done,
  json,
  pass,
  says,
  silence,
  stop,
  streaming,
  upstream
} from "../kit/upstream.ts"
import { calls, prices, request, requests, underWay } from "./books.ts"
import { providers, setup } from "./places.ts"
import { broken, generate, good, priced, tokens } from "./priced.ts"
import { recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

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
