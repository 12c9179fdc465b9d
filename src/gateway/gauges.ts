/**
 * How the gateway's parts are now, as metrics: read when they are asked for, so that a request pays
 * nothing for them.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Supervisor } from "../actor/Supervisor.ts"
import { Circuits } from "../guard/Circuits.ts"
import { Ledger } from "../ledger/Ledger.ts"
import { Meters, type Tell } from "../telemetry/metrics/Meters.ts"
import { counters, gauges } from "../telemetry/metrics/metrics.ts"

const circuitStates = { closed: 0, half_open: 1, open: 2 }
const ledgerStates = { open: 0, behind: 1, broken: 2 }
const ofProvider = "provider/"

/**
 * Tells how actors, circuits and the books are, to whoever reads the metrics; and how many connections to
 * providers are kept, where `idle` is there to tell.
 */
export const layer = (
  idle?: () => number
): Layer.Layer<never, never, Circuits | Ledger | Meters | Supervisor> =>
  Layer.effectDiscard(Effect.gen(function* () {
    const { observe } = yield* Meters
    const supervisor = yield* Supervisor
    const circuits = yield* Circuits
    const ledger = yield* Ledger

    const providers = (tell: (provider: string, inFlight: number, waiting: number) => void) => {
      for (const { name, work } of supervisor.children()) {
        if (!name.startsWith(ofProvider)) continue
        tell(name.slice(ofProvider.length), work.inFlight, work.waiting)
      }
    }
    const eachActor =
      (value: (child: ReturnType<typeof supervisor.children>[number]) => number) =>
      (
        tell: Tell
      ) => {
        for (const child of supervisor.children()) tell(value(child), { actor: child.name })
      }

    yield* observe(gauges.circuitState, (tell) => {
      for (const { deployment, view } of circuits.all()) {
        tell(circuitStates[view.state], { deployment })
      }
    })
    yield* observe(
      gauges.inFlight,
      (tell) => providers((provider, inFlight) => tell(inFlight, { provider }))
    )
    yield* observe(
      gauges.waiting,
      (tell) => providers((provider, _, waiting) => tell(waiting, { provider }))
    )
    if (idle) yield* observe(gauges.idleConnections, (tell) => tell(idle()))
    // Taking no more work is no fault: only one that crashed, or was given up, does not run.
    yield* observe(
      gauges.actorRunning,
      eachActor(({ phase }) => phase === "running" || phase === "draining" ? 1 : 0)
    )
    yield* observe(
      gauges.actorRestarts,
      eachActor(({ restarts }) => restarts)
    )
    yield* observe(gauges.mailboxDepth, eachActor(({ mailbox }) => mailbox.depth))

    yield* observe(gauges.ledgerState, (tell) => tell(ledgerStates[ledger.state().state]))
    yield* observe(gauges.ledgerWaiting, (tell) => tell(ledger.state().waiting))
    yield* observe(counters.ledgerFailures, (tell) => tell(ledger.state().failures))
    yield* observe(counters.ledgerRecovered, (tell) => tell(ledger.state().recovered))
    yield* observe(counters.ledgerLost, (tell) => tell(ledger.state().lost))
  }))
