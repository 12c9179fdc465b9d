/**
 * Clients that leave at the moments in between, and a gateway that stops under a request.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Supervisor } from "../../src/actor/Supervisor.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Limiter } from "../../src/guard/limits/Limiter.ts"
import { Ledger } from "../../src/ledger/Ledger.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import {
  answering,
  counted,
  cut,
  done,
  json,
  pass,
  role,
  says,
  silence,
  stop,
  streaming
} from "../kit/upstream.ts"
import { calls, request, requests } from "./books.ts"
import { providers, setup } from "./places.ts"
import { recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

const drain = { on_disconnect: "drain" }
const stream = Effect.gen(function* () {
  const gateway = yield* Gateway
  yield* gateway.stream(ask(asking("near")), yield* recorder)
})

/** Has a client leave after so many milliseconds, and waits for what follows from it. */
const leave = Effect.fnUntraced(function* <A, E>(fiber: Fiber.Fiber<A, E>, afterMs: number) {
  yield* pass(afterMs)
  const leaving = yield* Effect.forkChild(Fiber.interrupt(fiber))
  yield* pass(8000)
  yield* Fiber.join(leaving)
})

test("whoever left before the first content has nobody else asked, though that breaks off later", () => {
  const provider = providers({
    one: [streaming(role, 500, says("one two "), 100, cut)],
    two: [streaming(says("three"), stop, counted(20, 2), done)]
  })
  return Effect.gen(function* () {
    yield* leave(yield* Effect.forkChild(stream), 100)
    assertEquals(provider.places(), ["one"])
    assertEquals((yield* request).outcome, "client_abort")
    assertEquals((yield* calls).map(({ outcome }) => outcome), ["stream_cut"])
  }).pipe(Effect.provide(simulated(provider.send, setup({ near: drain }))))
})

test("whoever leaves while waiting for a place is not read on for: nobody was asked", () => {
  const provider = providers({
    one: [streaming(role, 1000, says("one two "), stop, counted(9, 6), done)]
  })
  const alone = { dialect: "openai", base_url: "http://one/v1", api_key: "k", discover: false }
  return Effect.gen(function* () {
    const first = yield* Effect.forkChild(stream)
    yield* pass(10)
    yield* leave(yield* Effect.forkChild(stream), 100)
    yield* Fiber.join(first)
    assertEquals(provider.places(), ["one"])
    assertEquals(
      (yield* calls).map(({ outcome, source }) => [outcome, source]),
      [["left", "unknown"], ["answered", "reported"]]
    )
  }).pipe(Effect.provide(simulated(
    provider.send,
    setup({
      near: { ...drain, fallback_models: [] },
      config: {
        providers: {
          one: { ...alone, concurrency: 1 },
          two: { ...alone, base_url: "http://two/v1" }
        }
      }
    })
  )))
})

test("whoever leaves in the pause between two calls is gone at once", () => {
  const broken = json({ error: { message: "no" } }, { status: 500 })
  const provider = providers({ one: [broken], two: [answering("Hi")] })
  return Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(10)
    yield* Effect.forkChild(Fiber.interrupt(fiber))
    yield* pass(0)
    assertEquals((yield* request).outcome, "client_abort")
    assertEquals(provider.places(), ["one"])
  }).pipe(Effect.provide(simulated(provider.send, setup({ near: drain }))))
})

test("whoever leaves while a whole answer is counted is charged for it whole, and once", () => {
  const provider = providers({ one: [answering("word ".repeat(40_000))] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const limiter = yield* Limiter
    const seen = new Set<string>()
    let used = 0
    for (let turns = 0; !Array.from(seen).some((one) => one.startsWith("ok")); turns++) {
      assert(turns < 1000)
      const id = `req_${turns}`
      const fiber = yield* Effect.forkChild(gateway.generate(ask(asking("near"), { id })))
      for (let turn = 0; turn < turns; turn++) yield* Effect.yieldNow
      yield* Fiber.interrupt(fiber)
      yield* pass(0)
      const [row] = (yield* requests).filter((row) => row.id === id)
      if (!row) continue
      used += row.prompt_tokens + row.completion_tokens
      seen.add(`${row.outcome} ${row.completion_tokens}`)
    }
    assert(seen.has("client_abort 40001"), `${Array.from(seen)}`)
    assertEquals(
      Array.from(seen).filter((one) => !/^(client_abort 0|(client_abort|ok) 40001)$/.test(one)),
      []
    )
    assertEquals(limiter.view().map(({ tokens }) => tokens), [used])
  }).pipe(Effect.provide(simulated(
    provider.send,
    setup({ config: { limits: { key: { tokens_per_minute: 1_000_000_000 } } } })
  )))
})

for (const policy of ["cancel", "drain"]) {
  test(`with on_disconnect: ${policy} nobody who is under way at the stop finds the books closed`, () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      const books: Layer.Layer<Ledger | SqlClient.SqlClient, never, Supervisor> = Layer.merge(
        Ledger.layerMemory,
        Layer.effect(
          Ledger,
          Effect.gen(function* () {
            yield* Effect.addFinalizer(() => Effect.sync(() => void log.push("closed")))
            return Ledger.of({
              open: () => ({
                ask: () => Effect.void,
                checkpoint: () => {},
                settle: ({ outcome }) => Effect.sync(() => void log.push(outcome))
              }),
              state: () => ({
                state: "open",
                waiting: 0,
                failures: 0,
                recovered: 0,
                lost: 0
              })
            })
          })
        )
      )
      // Long, so that it takes a while to be counted.
      const { send } = providers({ one: [streaming(says("word ".repeat(20_000)), silence)] })
      const scope = yield* Scope.make()
      const context = yield* Scope.provide(
        Layer.build(simulated(send, setup({ near: { on_disconnect: policy } }), books)),
        scope
      )
      const fibers: Array<Fiber.Fiber<void, unknown>> = []
      for (const _ of [1, 2]) {
        fibers.push(yield* Effect.forkChild(Effect.provide(stream, context)))
      }
      yield* pass(100)
      // One leaves at the same time.
      fibers[0]!.interruptUnsafe()
      yield* Scope.close(scope, Exit.void)
      assertEquals(log, ["client_abort", "client_abort", "closed"])
      assertEquals(Context.get(context, Limiter).view(), [])
    }))
}
