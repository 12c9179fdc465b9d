/**
 * What was decided about a request, for whoever asks later why it went as it did.
 *
 * @module
 */
import type { Cost } from "../domain/Cost.ts"
import type { FaultClass } from "../domain/UpstreamFault.ts"
import type { Usage } from "../domain/Usage.ts"
import type { ModelPolicy, Strategy } from "../config/Traffic.ts"
import type { CircuitView } from "../guard/Circuits.ts"
import type { Standing } from "../guard/limits/Limiter.ts"
import type { Deployment } from "../routing/ModelTable.ts"

/** What was decided about one request. It holds no prompt and no answer. */
export interface Decision {
  readonly id: string
  readonly caller: string
  /** When it came, in Unix milliseconds. */
  readonly at: number
  /** As the client named it. */
  readonly model: string
  readonly streamed: boolean
  readonly strategy: Strategy
  /** The version of the configuration that it was served by. */
  readonly version: number
  /** In the order in which they would be asked. */
  candidates: ReadonlyArray<Candidate>
  readonly attempts: Array<Attempt>
  outcome: Outcome
  /** From the first byte to the last, in milliseconds; absent while it is under way. */
  durationMs: number | undefined
  /** Room in the limits after it was admitted. */
  standing: Standing | undefined
}

/** How a request ended. `left`: its client went away. */
export type Outcome = "under_way" | "answered" | "failed" | "refused" | "left"

/** A deployment that could answer. */
export interface Candidate {
  readonly deployment: Deployment
  /** How the operator wants its model to be used. */
  readonly policy: ModelPolicy
  /** Why it was not asked; absent where it was, or where there was no need to. */
  skipped: Skip | undefined
  /** How its circuit stood when its turn came; absent where it did not come. */
  circuit: CircuitView["state"] | undefined
}

/** Why a candidate was not asked. */
export interface Skip {
  readonly why:
    | "disabled"
    | "not_configured"
    | "circuit_open"
    | "cooling_down"
    | "credential_parked"
    | "rate_limited"
    | "cannot_honour"
    | "window_too_small"
    | "cannot_take_up"
    | "no_time_left"
    | "no_attempts_left"
  /** In how many milliseconds it may be worth asking. */
  readonly retryInMs?: number | undefined
}

/** One call to a provider. */
export interface Attempt {
  /** From 1, without gaps. */
  readonly number: number
  readonly deployment: string
  /** Milliseconds after the request came. */
  readonly startedMs: number
  /** How a broken stream was continued by it; absent where it began from the beginning. */
  resumed: "prefill" | "instruction" | "scratch" | undefined
  durationMs: number | undefined
  outcome: "under_way" | "answered" | "left" | "client_too_slow" | FaultClass
  /** The provider's status, where it failed with one. */
  status: number | undefined
  usage: Usage | undefined
  cost: Cost | undefined
}
