/**
 * What `/supervision` answers.
 *
 * @module
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type { Child } from "../../actor/Supervisor.ts"
import { CircuitBody, ScopeBody } from "./GuardBodies.ts"

/** What `/supervision` answers. */
export const SupervisionBody = Schema.Struct({
  actors: Schema.Array(Schema.Struct({
    name: Schema.String,
    state: Schema.Literals(["running", "restarting", "draining", "stopped"]),
    mailbox: Schema.Struct({ depth: Schema.Natural, capacity: Schema.Natural }),
    calls: Schema.Struct({
      in_flight: Schema.Natural,
      waiting: Schema.Natural,
      concurrency: Schema.Natural
    }),
    restarts: Schema.Natural,
    last_crash: Schema.NullOr(Schema.Struct({ at: Schema.String, reason: Schema.String }))
  })),
  /** Of deployments that were asked. */
  circuits: Schema.Array(Schema.Struct({ deployment: Schema.String, circuit: CircuitBody })),
  /** What counts against limits now. */
  limits: Schema.Array(ScopeBody),
  /** Repeated calls in the last ten seconds, by provider. */
  retries: Schema.Array(Schema.Struct({
    provider: Schema.String,
    first_calls: Schema.Natural,
    retries: Schema.Natural,
    /** How many more may be repeated now. */
    left: Schema.Natural,
    /** How many were not repeated for want of budget, since the start. */
    denied: Schema.Natural
  }))
}).annotate({ identifier: "Supervision" })

/** An actor as an operator sees it. */
export const toBody = (
  { name, phase, mailbox, work, restarts, lastCrash }: Child
): typeof SupervisionBody.Type["actors"][number] => ({
  name,
  state: phase,
  mailbox,
  calls: { in_flight: work.inFlight, waiting: work.waiting, concurrency: work.concurrency },
  restarts,
  last_crash: lastCrash
    ? { at: DateTime.formatIso(DateTime.makeUnsafe(lastCrash.at)), reason: lastCrash.reason }
    : null
})
