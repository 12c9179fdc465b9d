import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { TestClock } from "effect/testing"
import { circuitState, layer } from "../../src/guard/circuitMetrics.ts"
import { Circuits } from "../../src/guard/Circuits.ts"
import { test } from "../kit/effect.ts"

test("a metric tells how each deployment's circuit stands", () =>
  Effect.gen(function* () {
    const circuits = yield* Circuits
    const thresholds = { failureThreshold: 2, recoveryThreshold: 1 }
    const state = Metric.value(Metric.withAttributes(circuitState, { deployment: "near@one" }))
    const call = (outcome: "success" | "failure") => {
      const permission = circuits.ask("near@one", "one", thresholds)
      if (permission._tag === "Go") permission.note(outcome)
    }
    call("success")
    yield* TestClock.adjust(5000)
    assertEquals((yield* state).value, 0)
    yield* TestClock.adjust(4000)
    call("failure")
    call("failure")
    yield* TestClock.adjust(1000)
    assertEquals((yield* state).value, 2)
    // Its time is up, and a probe may try it out.
    yield* TestClock.adjust(10_000)
    assertEquals((yield* state).value, 1)
    call("success")
    yield* TestClock.adjust(5000)
    assertEquals((yield* state).value, 0)
  }).pipe(Effect.provide(layer.pipe(Layer.provideMerge(Circuits.layer)))))
