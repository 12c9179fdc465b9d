import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { Circuits, type Go, type Outcome, type Permission } from "../../src/guard/Circuits.ts"
import { law, test } from "../kit/effect.ts"

const thresholds = { failureThreshold: 3, recoveryThreshold: 2 }

/** Always in the middle: no open time is shorter or longer than it is meant to be. */
const middle = Layer.succeed(Random.Random, {
  nextIntUnsafe: () => 0,
  nextDoubleUnsafe: () => 0.5
})
const layer = Layer.provide(Circuits.layer, middle)

const guarded = (
  name: string,
  body: (circuits: Circuits["Service"]) => Effect.Effect<void>
) => test(name, () => Circuits.use(body).pipe(Effect.provide(layer)))

const ask = (circuits: Circuits["Service"], deployment = "d", provider = "p") =>
  circuits.ask(deployment, provider, thresholds)

const allowed = (permission: Permission): Go => {
  if (permission._tag === "Wait") throw new Error(JSON.stringify(permission))
  return permission
}

const call = (circuits: Circuits["Service"], ...outcomes: ReadonlyArray<Outcome>) => {
  for (const outcome of outcomes) allowed(ask(circuits)).note(outcome)
}

const open = (retryInMs: number) => ({ _tag: "Wait", why: "circuit_open", retryInMs } as const)
const cooling = (retryInMs: number) => ({ _tag: "Wait", why: "cooling_down", retryInMs } as const)
const parked = (retryInMs: number) =>
  ({ _tag: "Wait", why: "credential_parked", retryInMs }) as const

guarded("a circuit opens, is tried out, and closes", (circuits) =>
  Effect.gen(function* () {
    call(circuits, "success", "failure", "failure", "success", "failure", "failure", "failure")
    assertEquals(ask(circuits), open(5000))
    yield* TestClock.adjust(4999)
    assertEquals(ask(circuits), open(1))
    yield* TestClock.adjust(1)
    const first = allowed(ask(circuits))
    assert(first.probe)
    assertEquals(ask(circuits), open(1000))
    first.note("success")
    const second = allowed(ask(circuits))
    assert(second.probe)
    assertEquals(ask(circuits), open(1000))
    second.note("success")
    assert(!allowed(ask(circuits)).probe)
    assert(!allowed(ask(circuits)).probe)
  }))

guarded(
  "of a hundred that wait for a circuit to open, one is let through",
  (circuits) =>
    Effect.gen(function* () {
      call(circuits, "failure", "failure", "failure")
      yield* TestClock.adjust(5000)
      const permissions = Array.from({ length: 100 }, () => ask(circuits))
      assertEquals(permissions.filter(({ _tag }) => _tag === "Go").length, 1)
    })
)

guarded(
  "a probe that says nothing leaves its place to another",
  (circuits) =>
    Effect.gen(function* () {
      call(circuits, "failure", "failure", "failure")
      yield* TestClock.adjust(5000)
      for (const _ of [1, 2, 3]) {
        const probe = allowed(ask(circuits))
        assert(probe.probe)
        probe.note("neutral")
      }
      assertEquals(circuits.state("d", "p").consecutiveFailures, 3)
    })
)

guarded("a failed probe opens it for twice as long", (circuits) =>
  Effect.gen(function* () {
    call(circuits, "failure", "failure", "failure")
    yield* TestClock.adjust(5000)
    call(circuits, "failure")
    assertEquals(ask(circuits), open(10_000))
  }))

guarded("only the first end of a call counts", (circuits) =>
  Effect.sync(() => {
    const one = allowed(ask(circuits))
    one.note("neutral")
    for (const _ of [1, 2, 3, 4]) one.note("failure")
    assertEquals(circuits.state("d", "p").consecutiveFailures, 0)
    const other = allowed(ask(circuits))
    for (const _ of [1, 2, 3, 4]) other.note("failure")
    assertEquals(circuits.state("d", "p").consecutiveFailures, 1)
  }))

guarded(
  "calls that were under way when it opened have no say in it",
  (circuits) =>
    Effect.gen(function* () {
      const calls = Array.from({ length: 20 }, () => allowed(ask(circuits)))
      for (const { note } of calls.slice(0, 10)) note("failure")
      assertEquals(ask(circuits), open(5000))
      yield* TestClock.adjust(5000)
      const probe = allowed(ask(circuits))
      for (const { note } of calls.slice(10)) note("success")
      assertEquals(ask(circuits), open(1000))
      probe.note("success")
      assertEquals(circuits.state("d", "p").consecutiveSuccesses, 1)
    })
)

guarded("the thresholds are those of the call", (circuits) =>
  Effect.sync(() => {
    allowed(circuits.ask("d", "p", { failureThreshold: 1, recoveryThreshold: 1 })).note("failure")
    assertEquals(ask(circuits), open(5000))
  }))

guarded("one deployment's circuit is not another's", (circuits) =>
  Effect.sync(() => {
    call(circuits, "failure", "failure", "failure")
    assertEquals(ask(circuits)._tag, "Wait")
    assertEquals(ask(circuits, "other")._tag, "Go")
  }))

guarded(
  "a deployment is left alone for the longer of two times, and an hour at most",
  (circuits) =>
    Effect.gen(function* () {
      circuits.coolDown("d", 3000)
      circuits.coolDown("d", 1000)
      assertEquals(ask(circuits), cooling(3000))
      yield* TestClock.adjust(2999)
      assertEquals(ask(circuits), cooling(1))
      assertEquals(ask(circuits, "other")._tag, "Go")
      yield* TestClock.adjust(1)
      assertEquals(ask(circuits)._tag, "Go")
      circuits.coolDown("d", 1e12)
      assertEquals(ask(circuits), cooling(3_600_000))
      for (const odd of [NaN, -1, 0]) {
        circuits.coolDown("d", odd)
        circuits.coolDown("other", odd)
      }
      assertEquals(ask(circuits), cooling(3_600_000))
      assertEquals(ask(circuits, "other")._tag, "Go")
    })
)

guarded(
  "a credential is left alone in all its deployments, for 10 minutes",
  (circuits) =>
    Effect.gen(function* () {
      circuits.park("p")
      assertEquals(ask(circuits), parked(600_000))
      assertEquals(ask(circuits, "e"), parked(600_000))
      assertEquals(ask(circuits, "f", "other")._tag, "Go")
      yield* TestClock.adjust(599_999)
      assertEquals(ask(circuits), parked(1))
      yield* TestClock.adjust(1)
      assertEquals(ask(circuits)._tag, "Go")
    })
)

guarded("a credential that is changed is used at once", (circuits) =>
  Effect.sync(() => {
    circuits.park("p")
    assertEquals(ask(circuits)._tag, "Wait")
    circuits.unpark("p")
    assertEquals(ask(circuits)._tag, "Go")
  }))

guarded(
  "of several things in the way, what lasts longest is told",
  (circuits) =>
    Effect.gen(function* () {
      call(circuits, "failure", "failure", "failure")
      circuits.coolDown("d", 4000)
      assertEquals(ask(circuits), open(5000))
      circuits.coolDown("d", 60_000)
      assertEquals(ask(circuits), cooling(60_000))
      circuits.park("p")
      assertEquals(ask(circuits), parked(600_000))
      circuits.unpark("p")
      yield* TestClock.adjust(6000)
      // The circuit could be tried out, but no probe's place is taken by one that may not go.
      assertEquals(ask(circuits), cooling(54_000))
      yield* TestClock.adjust(54_000)
      assert(allowed(ask(circuits)).probe)
    })
)

guarded("peeking takes nothing, and keeps nothing in mind", (circuits) =>
  Effect.gen(function* () {
    assertEquals(circuits.peek("d", "p"), { _tag: "Go", probe: false })
    assertEquals(circuits.state("d", "p").state, "closed")
    assertEquals(circuits.all(), [])
    call(circuits, "failure", "failure", "failure")
    assertEquals(circuits.peek("d", "p"), open(5000))
    yield* TestClock.adjust(5000)
    for (const _ of [1, 2]) assertEquals(circuits.peek("d", "p"), { _tag: "Go", probe: true })
    assert(allowed(ask(circuits)).probe)
    assertEquals(circuits.peek("d", "p"), open(1000))
  }))

guarded("an operator sees where each circuit is", (circuits) =>
  Effect.gen(function* () {
    const nothing = { retryInMs: undefined, coolingDownMs: undefined, parkedMs: undefined }
    call(circuits, "failure", "failure")
    assertEquals(circuits.state("d", "p"), {
      ...nothing,
      state: "closed",
      consecutiveFailures: 2,
      consecutiveSuccesses: 0
    })
    call(circuits, "failure")
    assertEquals(circuits.state("d", "p"), {
      ...nothing,
      state: "open",
      consecutiveFailures: 3,
      consecutiveSuccesses: 0,
      retryInMs: 5000
    })
    yield* TestClock.adjust(5000)
    assertEquals(circuits.state("d", "p").state, "half_open")
    call(circuits, "success")
    circuits.coolDown("d", 1500)
    circuits.park("p")
    circuits.coolDown("e", 2500)
    assertEquals(circuits.all(), [
      {
        deployment: "d",
        view: {
          state: "half_open",
          consecutiveFailures: 0,
          consecutiveSuccesses: 1,
          retryInMs: undefined,
          coolingDownMs: 1500,
          parkedMs: 600_000
        }
      },
      {
        deployment: "e",
        view: {
          ...nothing,
          state: "closed",
          consecutiveFailures: 0,
          consecutiveSuccesses: 0,
          coolingDownMs: 2500
        }
      }
    ])
  }))

const between = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))

law(
  "whatever happens when: one probe at a time, and the time that is told is the time",
  Schema.Array(
    Schema.Struct({
      afterMs: between(0, 8000),
      asks: between(0, 3),
      ends: between(0, 4),
      outcome: Schema.Literals(["success", "failure", "neutral"]),
      incident: between(0, 19),
      waits: Schema.Boolean
    })
  ).check(Schema.isMinLength(40)),
  (steps) =>
    Effect.gen(function* () {
      const circuits = yield* Circuits
      const out: Array<Go> = []
      for (const { afterMs, asks, ends, outcome, incident, waits } of steps) {
        yield* TestClock.adjust(afterMs)
        if (incident < 3) circuits.coolDown("d", incident * 3000)
        else if (incident === 3) circuits.park("p")
        for (let one = 0; one < asks; one++) {
          const seen = circuits.peek("d", "p")
          const permission = ask(circuits)
          if (permission._tag === "Wait") {
            assertEquals(permission, seen)
            assert(permission.retryInMs > 0)
            continue
          }
          assertEquals(seen, { _tag: "Go", probe: permission.probe })
          out.push(permission)
        }
        const probing = out.filter(({ probe }) => probe).length
        assert(probing <= 1, `${probing} probes`)
        for (const { note } of out.splice(ends, 1)) note(outcome)

        // Nobody knows how long a probe takes.
        if (!waits || out.some(({ probe }) => probe)) continue
        const told = circuits.peek("d", "p")
        if (told._tag === "Go") continue
        yield* TestClock.adjust(told.retryInMs - 1)
        assertEquals(circuits.peek("d", "p"), { ...told, retryInMs: 1 })
        yield* TestClock.adjust(1)
        assertEquals(circuits.peek("d", "p")._tag, "Go")
      }
      return true
    }).pipe(Effect.provide(Circuits.layer))
)
