/**
 * What `/supervision` answers.
 *
 * @module
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type { Child } from "../../actor/Supervisor.ts"
import type { ProviderReport } from "../../routing/ProviderReport.ts"
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
  /** Those that can be called. */
  providers: Schema.Array(Schema.Struct({
    id: Schema.String,
    /** Where it is asked; absent where it answers within this process. */
    base_url: Schema.optionalKey(Schema.String),
    /** As checks and answers show it. */
    health: Schema.Literals(["healthy", "degraded", "unhealthy", "unknown"]),
    /** What its last check met with. */
    reason: Schema.optionalKey(Schema.String),
    /** ISO 8601; `null` before it was checked, or answered. */
    last_check: Schema.NullOr(Schema.String),
    /** How many models it said it serves. */
    listed_models: Schema.Natural
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

/** A provider as an operator sees it. */
export const toProvider = (
  { id, address, health, reason, checkedAt, listed }: ProviderReport
): typeof SupervisionBody.Type["providers"][number] => ({
  id,
  ...(address === undefined ? {} : { base_url: address }),
  health,
  ...(reason === undefined ? {} : { reason }),
  last_check: checkedAt === undefined ? null : DateTime.formatIso(DateTime.makeUnsafe(checkedAt)),
  listed_models: listed
})

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
