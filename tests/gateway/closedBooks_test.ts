import { assertEquals, assertObjectMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as SqlClient from "effect/sql/SqlClient"
import { toEnvelope } from "../../src/api/ErrorEnvelope.ts"
import type { Supervisor } from "../../src/actor/Supervisor.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Balancer } from "../../src/routing/Balancer.ts"
import { Circuits } from "../../src/guard/Circuits.ts"
import { Limiter } from "../../src/guard/limits/Limiter.ts"
import type { Settled } from "../../src/ledger/Entry.ts"
import { LedgerUnavailable } from "../../src/ledger/errors.ts"
import { Ledger } from "../../src/ledger/Ledger.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { answering, done, json, pass, says, stop, streaming } from "../kit/upstream.ts"
import { providers, setup } from "./places.ts"
import { recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

/** Books that can be closed: what is settled all the same is kept. */
const books = () => {
  const settled: Array<Settled> = []
  const store = { open: true, settled }
  const ledger = Ledger.of({
    open: () => ({
      ask: () => store.open ? Effect.void : Effect.fail(new LedgerUnavailable({ why: "full" })),
      checkpoint: () => {},
      settle: (one) => Effect.sync(() => void settled.push(one))
    }),
    state: () => ({
      state: store.open ? "open" : "behind",
      waiting: 0,
      failures: 0,
      recovered: 0,
      lost: 0
    })
  })
  const layer: Layer.Layer<Ledger | SqlClient.SqlClient, never, Supervisor> = Layer.merge(
    Ledger.layerMemory,
    Layer.succeed(Ledger, ledger)
  )
  return { store, layer }
}

const good = answering("Hi", { prompt_tokens: 10, completion_tokens: 5 })

test("S1: with the books closed nobody is asked: 503, and everything that was taken is given back", () => {
  const { store, layer } = books()
  const provider = providers({ one: [good] })
  return Effect.gen(function* () {
    store.open = false
    const gateway = yield* Gateway
    const error = yield* Effect.flip(gateway.generate(ask(asking("near"))))
    assertObjectMatch(toEnvelope(error, "req_1"), {
      status: 503,
      error: { code: "MODEL_UNAVAILABLE", details: { reason: "ledger_unavailable" } }
    })
    const client = yield* recorder
    yield* Effect.flip(gateway.stream(ask(asking("near")), client))
    assertEquals([provider.calls.length, store.settled.length, client.story()], [0, 0, []])
    assertEquals((yield* Limiter).view(), [])
    assertEquals((yield* Balancer).stats("near@one").inFlight, 0)
    assertEquals(gateway.isAdmitting(), false)

    store.open = true
    assertEquals((yield* gateway.generate(ask(asking("near")))).model, "near")
    assertEquals(gateway.isAdmitting(), true)
  }).pipe(Effect.provide(simulated(
    provider.send,
    setup({ config: { limits: { key: { requests_per_minute: 10, tokens_per_minute: 9000 } } } }),
    layer
  )))
})

test("S1: a probe that the books keep from being sent makes room for the next one", () => {
  const { store, layer } = books()
  const provider = providers({ one: [failing, failing, failing, good] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    for (let at = 0; at < 2; at++) {
      const fiber = yield* Effect.forkChild(Effect.flip(gateway.generate(ask(asking("near")))))
      yield* pass(1000)
      yield* Effect.sync(() => fiber.pollUnsafe())
    }
    yield* pass(10_000)
    store.open = false
    yield* Effect.flip(gateway.generate(ask(asking("near"))))
    assertEquals((yield* Circuits).state("near@one", "one").state, "half_open")
    store.open = true
    assertEquals((yield* gateway.generate(ask(asking("near")))).model, "near")
  }).pipe(Effect.provide(simulated(
    provider.send,
    setup({ near: { fallback_models: [] } }),
    layer
  )))
})
const failing = json({ error: { message: "no" } }, { status: 500 })

test("S1: with on_failure: serve requests are answered, and booked when that is possible again", () => {
  const { store, layer } = books()
  return Effect.gen(function* () {
    store.open = false
    const gateway = yield* Gateway
    assertEquals(gateway.isAdmitting(), true)
    yield* gateway.generate(ask(asking("near")))
    assertEquals(
      store.settled.map(({ outcome, calls }) => [outcome, calls.length]),
      [["ok", 1]]
    )
  }).pipe(Effect.provide(simulated(
    providers({ one: [good] }).send,
    setup({ config: { ledger: { on_failure: "serve" } } }),
    layer
  )))
})

test("S1: answers that are under way when the books close go on to their end", () => {
  const { store, layer } = books()
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const client = yield* recorder
    yield* Effect.forkChild(gateway.stream(ask(asking("near")), client))
    yield* pass(100)
    store.open = false
    yield* pass(1000)
    assertEquals([client.text(), client.ending() !== undefined], ["Hi there", true])
    assertEquals(store.settled.map(({ outcome }) => outcome), ["ok"])
  }).pipe(Effect.provide(simulated(
    providers({ one: [streaming(says("Hi "), 500, says("there"), stop, done)] }).send,
    setup(),
    layer
  )))
})
