/**
 * Circuits as metrics.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import { Circuits } from "./Circuits.ts"

/** How a deployment's circuit stands: 0 closed, 1 half open, 2 open. Its attribute is `deployment`. */
export const circuitState = Metric.gauge("penstock.circuit.state", {
  description: "How a deployment's circuit stands: 0 closed, 1 half open, 2 open"
})

const values = { closed: 0, half_open: 1, open: 2 }

/** Tells the metric how all circuits stand, every 5 s: nothing is added to a request. */
export const layer = Layer.effectDiscard(Effect.gen(function* () {
  const circuits = yield* Circuits
  const tell = Effect.suspend(() =>
    Effect.forEach(circuits.all(), ({ deployment, view }) =>
      Metric.update(
        Metric.withAttributes(circuitState, { deployment }),
        values[view.state]
      ), { discard: true })
  )
  yield* Effect.forkScoped(Effect.repeat(tell, Schedule.spaced("5 seconds")))
}))
