import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { layer as gauges } from "../../src/gateway/gauges.ts"
import { Circuits } from "../../src/guard/Circuits.ts"
import { Ledger, type LedgerState, type Page } from "../../src/ledger/Ledger.ts"
import { Prometheus } from "../../src/telemetry/prometheus/Prometheus.ts"
import { test } from "../kit/effect.ts"
import { parse, total } from "../telemetry/exposition.ts"
import { layer as telemetry } from "../telemetry/layers.ts"

const books = { state: "open", waiting: 0, failures: 0, recovered: 3, lost: 0 } as const
let state: LedgerState = books
const unopened: Page = {
  ask: () => Effect.void,
  checkpoint: () => {},
  settle: () => Effect.void
}

/** Gauges of a gateway whose way out keeps so many connections, if it knows. */
const layerOf = (idle: (() => number) | undefined) =>
  gauges(idle).pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        Circuits.layer,
        Layer.succeed(Ledger, { open: () => unopened, state: () => state })
      )
    ),
    Layer.provideMerge(telemetry)
  )

const layer = layerOf(undefined)

const value = (name: string, labels?: Record<string, string>) =>
  Prometheus.use(({ scrape }) => Effect.map(scrape, (text) => total(parse(text), name, labels)))

test("a metric tells how each deployment's circuit stands", () =>
  Effect.gen(function* () {
    const circuits = yield* Circuits
    const thresholds = { failureThreshold: 2, recoveryThreshold: 1 }
    const stands = value("penstock_circuit_state", { deployment: "near@one" })
    const call = (outcome: "success" | "failure") => {
      const permission = circuits.ask("near@one", "one", thresholds)
      if (permission._tag === "Go") permission.note(outcome)
    }
    call("success")
    assertEquals(yield* stands, 0)
    call("failure")
    call("failure")
    assertEquals(yield* stands, 2)
    // Its time is up, and a probe may try it out.
    yield* TestClock.adjust(10_000)
    assertEquals(yield* stands, 1)
    call("success")
    assertEquals(yield* stands, 0)
  }).pipe(Effect.provide(layer)))

test("metrics tell what an actor has to do, and that it was started anew", () =>
  Effect.gen(function* () {
    const supervisor = yield* Supervisor
    let crashes = 1
    const actor = yield* supervisor.start<string, never>(
      "provider/one",
      () => crashes-- > 0 ? Effect.die("broken") : Effect.never,
      { mailbox: 4, concurrency: 1, waiting: 4 }
    )
    const named = { actor: "provider/one" }
    const one = { provider: "one" }
    assertEquals(yield* value("penstock_actor_running", named), 0)
    yield* TestClock.adjust(60_000)
    assertEquals(yield* value("penstock_actor_running", named), 1)
    assertEquals(yield* value("penstock_actor_restarts", named), 1)
    yield* actor.tell("one")
    yield* actor.tell("two")
    yield* Effect.forkScoped(actor.perform(Effect.never), { startImmediately: true })
    yield* Effect.forkScoped(actor.perform(Effect.never), { startImmediately: true })
    assertEquals(yield* value("penstock_mailbox_depth", named), 2)
    assertEquals(yield* value("penstock_provider_in_flight", one), 1)
    assertEquals(yield* value("penstock_provider_waiting", one), 1)
    assertEquals(yield* value("penstock_provider_waiting", { provider: "telemetry/window" }), 0)
  }).pipe(Effect.provide(layer)))

test("a metric tells how many connections are kept, where that is known", () =>
  Effect.gen(function* () {
    let kept = 3
    const scrape = Prometheus.use(({ scrape }) => scrape)
    const told = yield* Effect.provide(scrape, layerOf(() => kept++))
    assertEquals(total(parse(told), "penstock_connections_idle"), 3)
    const untold = yield* Effect.provide(scrape, layer)
    assertEquals(parse(untold).has("penstock_connections_idle"), false)
  }))

test("metrics tell how the books are", () =>
  Effect.gen(function* () {
    state = { ...books, state: "behind", waiting: 12, failures: 2, lost: 1 }
    assertEquals(yield* value("penstock_ledger_state"), 1)
    assertEquals(yield* value("penstock_ledger_waiting"), 12)
    assertEquals(yield* value("penstock_ledger_failures_total"), 2)
    assertEquals(yield* value("penstock_ledger_recovered_total"), 3)
    assertEquals(yield* value("penstock_ledger_lost_total"), 1)
    state = { ...state, state: "broken" }
    assertEquals(yield* value("penstock_ledger_state"), 2)
  }).pipe(Effect.provide(layer)))
