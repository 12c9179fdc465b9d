import { assert, assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import * as Circuit from "../../src/guard/Circuit.ts"
import { law } from "../kit/effect.ts"

const between = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const Outcome = Schema.Literals(["success", "failure", "neutral"])
const Random = Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const Thresholds = Schema.Struct({
  failureThreshold: between(1, 4),
  recoveryThreshold: between(1, 4)
})

/** Enough of them to open and close a circuit again and again. */
const Outcomes = Schema.Array(Outcome).check(Schema.isMinLength(20))

const thresholds = { failureThreshold: 3, recoveryThreshold: 2 }

/** The circuit after a call of `era`. */
const after = (
  circuit: Circuit.Circuit,
  era: number,
  outcome: typeof Outcome.Type,
  at = 0,
  own: Circuit.Thresholds = thresholds,
  random = 0.5
): Circuit.Circuit =>
  outcome === "success"
    ? Circuit.afterSuccess(circuit, era, own)
    : outcome === "neutral"
    ? Circuit.afterNeutral(circuit, era)
    : Circuit.afterFailure(circuit, era, own, at, random)

/** The circuit after calls one after the other, each as soon as it may go. */
const inTurn = (
  outcomes: ReadonlyArray<typeof Outcome.Type>,
  from: Circuit.Circuit = Circuit.untouched,
  own?: Circuit.Thresholds,
  random?: number
): Circuit.Circuit =>
  outcomes.reduce((circuit, outcome) => {
    const begun = Circuit.begin(circuit)
    const at = circuit.state === "open" ? circuit.until : 0
    return after(begun, begun.era, outcome, at, own, random)
  }, from)

const opened = (own?: Circuit.Thresholds): Circuit.Circuit =>
  inTurn(Array(own?.failureThreshold ?? 3).fill("failure"), Circuit.untouched, own)

Deno.test("a circuit opens for 5 s, and then lets one call go", () => {
  const open = opened()
  assertEquals(open, { state: "open", era: 1, failures: 3, openings: 1, until: 5000 })
  assertEquals([0, 1, 4999, 5000, 9999].map((at) => Circuit.waitMs(open, at)), [
    5000,
    4999,
    1,
    0,
    0
  ])
  const probing = Circuit.begin(open)
  assertEquals(probing.state, "half_open")
  assertEquals(Circuit.waitMs(probing, 5000), 1000)
})

Deno.test("an open time is from 20 % shorter to 20 % longer, and grows from 5 s to 5 min", () => {
  const lengths = [0, 0.5, 1].map((random) => {
    let circuit = inTurn(["failure", "failure", "failure"], Circuit.untouched, thresholds, random)
    return Array.from({ length: 8 }, () => {
      const from = circuit.state === "open" ? circuit.until : 0
      const ms = circuit.state === "open" ? Circuit.waitMs(circuit, 0) : 0
      circuit = after(Circuit.begin(circuit), circuit.era, "failure", from, thresholds, random)
      return ms
    }).map((until, at, all) => until - (all[at - 1] ?? 0))
  })
  assertEquals(lengths, [
    [4000, 8000, 16_000, 32_000, 64_000, 128_000, 240_000, 240_000],
    [5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000],
    [6000, 12_000, 24_000, 48_000, 96_000, 192_000, 360_000, 360_000]
  ])
})

Deno.test("a circuit that was closed opens for 5 s again", () => {
  const often = inTurn(["failure", "failure", "failure"], opened())
  assertEquals(often.state === "open" && often.openings, 4)
  const closed = inTurn(["success", "success"], often)
  assertEquals(closed.state, "closed")
  const again = inTurn(["failure", "failure", "failure"], closed)
  assertEquals(again.state === "open" && again.openings, 1)
  assertEquals(Circuit.waitMs(again, 0), 5000)
})

Deno.test("a success in between does not end the growth while probes fail", () => {
  const circuit = inTurn(["success", "failure"], opened())
  assertEquals(circuit.state === "open" && [circuit.openings, circuit.failures], [2, 1])
})

law(
  "as many failures in a row open it as it takes, whatever came before, and not one fewer",
  Schema.Struct({ own: Thresholds, outcomes: Outcomes }),
  ({ own, outcomes }) => {
    let told = ""
    let circuit = Circuit.untouched
    for (const outcome of outcomes) {
      circuit = inTurn([outcome], circuit, own)
      if (outcome !== "neutral") told += outcome
      const wanted = told.endsWith("failure".repeat(own.failureThreshold)) ? "open" : "closed"
      assertEquals(circuit.state, wanted, told)
      if (wanted === "open") break
    }
    return true
  }
)

law(
  "as many successful probes in a row close it as it takes, and a failed one opens it",
  Schema.Struct({ own: Thresholds, outcomes: Outcomes }),
  ({ own, outcomes }) => {
    let told = ""
    let circuit = opened(own)
    for (const outcome of outcomes) {
      circuit = inTurn([outcome], circuit, own)
      if (outcome !== "neutral") told += outcome
      const wanted = told.endsWith("success".repeat(own.recoveryThreshold))
        ? "closed"
        : outcome === "failure"
        ? "open"
        : "half_open"
      assertEquals(circuit.state, wanted, told)
      if (wanted === "closed") break
    }
    return true
  }
)

/** Calls that begin whenever one may, and end in any order. */
const Steps = Schema.Array(
  Schema.Struct({
    afterMs: between(0, 9000),
    begins: Schema.Boolean,
    ends: between(0, 4),
    outcome: Outcome,
    random: Random
  })
).check(Schema.isMinLength(60))

/** Tells `seen` of each call that ends, with the circuit before and after it. */
const interleaved = (
  steps: typeof Steps.Type,
  own: Circuit.Thresholds,
  seen: (
    call: { readonly era: number; readonly probe: boolean; readonly outcome: string },
    before: Circuit.Circuit,
    circuit: Circuit.Circuit,
    out: ReadonlyArray<{ readonly probe: boolean }>,
    at: number
  ) => void
) => {
  let at = 0
  let circuit = Circuit.untouched
  const out: Array<{ readonly era: number; readonly probe: boolean }> = []
  for (const { afterMs, begins, ends, outcome, random } of steps) {
    at += afterMs
    if (begins && Circuit.waitMs(circuit, at) === 0) {
      circuit = Circuit.begin(circuit)
      out.push({ era: circuit.era, probe: circuit.state !== "closed" })
    }
    const [call] = out.splice(ends, 1)
    if (!call) continue
    const before = circuit
    circuit = after(circuit, call.era, outcome, at, own, random)
    seen({ ...call, outcome }, before, circuit, out, at)
  }
}

law(
  "a call that says nothing changes nothing, but that a probe's place is free again",
  Schema.Struct({ own: Thresholds, steps: Steps }),
  ({ own, steps }) => {
    interleaved(steps, own, ({ probe, outcome }, before, circuit) => {
      if (outcome !== "neutral") return
      assertEquals(circuit, probe ? { ...before, probing: false } : before)
    })
    return true
  }
)

law(
  "there is never more than one probe under way, and none while a circuit is closed",
  Schema.Struct({ own: Thresholds, steps: Steps }),
  ({ own, steps }) => {
    interleaved(steps, own, (_, __, circuit, out) => {
      const probes = out.filter(({ probe }) => probe).length
      assertEquals(probes, circuit.state === "half_open" && circuit.probing ? 1 : 0)
    })
    return true
  }
)

law(
  "a call that began before a circuit opened says nothing of it any more",
  Schema.Struct({ own: Thresholds, steps: Steps }),
  ({ own, steps }) => {
    interleaved(steps, own, ({ era }, before, circuit) => {
      if (era !== before.era) assert(circuit === before)
    })
    return true
  }
)

law(
  "a circuit is never open for longer than 6 min, nor for less than 4 s",
  Schema.Struct({ own: Thresholds, steps: Steps }),
  ({ own, steps }) => {
    interleaved(steps, own, (_, before, circuit, __, at) => {
      if (circuit.state !== "open" || circuit === before) return
      const ms = Circuit.waitMs(circuit, at)
      assert(ms >= 4000 && ms <= 360_000, `${ms}`)
    })
    return true
  }
)

law(
  "with each probe that fails it is open for longer, up to the longest",
  Schema.Array(Random).check(Schema.isMinLength(8)),
  (randoms) => {
    let circuit = opened()
    let last = 0
    for (const random of randoms) {
      const begun = Circuit.begin(circuit)
      circuit = after(begun, begun.era, "failure", 0, thresholds, random)
      const ms = Circuit.waitMs(circuit, 0)
      assert(ms > last || ms >= 240_000, `${ms} after ${last}`)
      last = ms
    }
    return true
  }
)

Deno.test("a closed circuit without failures is not even copied", () => {
  const { untouched } = Circuit
  assert(Circuit.begin(untouched) === untouched)
  assert(Circuit.afterSuccess(untouched, 0, thresholds) === untouched)
  assert(Circuit.afterNeutral(untouched, 0) === untouched)
})
