/**
 * How a provider is, as checks and answers show it.
 *
 * @module
 */
import type { FaultClass, UpstreamFault } from "../domain/UpstreamFault.ts"

/** How a provider is. */
export interface ProviderHealth {
  /** When it last was checked, or answered a request, in Unix milliseconds; absent before that. */
  readonly checkedAt: number | undefined
  /** The same by the monotonic clock, in milliseconds: to tell what came first, never to be shown. */
  readonly checkedAtMonotonic: number | undefined
  /** Whether it was well then; absent where the check did not tell. */
  readonly ok: boolean | undefined
  /** Why it was not, in one sentence: scrubbed, and no longer than 200 characters. */
  readonly reason?: string | undefined
  /** How many checks failed in a row. */
  readonly failures: number
}

/** The health of a provider that showed nothing yet. */
export const unchecked: ProviderHealth = {
  checkedAt: undefined,
  checkedAtMonotonic: undefined,
  ok: undefined,
  failures: 0
}

/** A moment, by the clock that is shown and by the one that is never set; in milliseconds. */
export type Moment = Required<Pick<ProviderHealth, "checkedAt" | "checkedAtMonotonic">>

/** The health of a provider that answered at `moment`. */
export const well = (moment: Moment): ProviderHealth => ({ ...moment, ok: true, failures: 0 })

/** The health of a provider whose check failed at `moment`, and which was like `before`. */
export const failed = (
  before: ProviderHealth,
  fault: UpstreamFault,
  moment: Moment
): ProviderHealth => {
  const reason = fault.message.slice(0, 200)
  return refusesOnly.has(fault.class)
    ? { ...moment, ok: undefined, reason, failures: 0 }
    : { ...moment, ok: false, reason, failures: before.failures + 1 }
}

/** Who says this is there, and does not like the check: it says nothing of how it serves others. */
const refusesOnly: ReadonlySet<FaultClass> = new Set([
  "not_found",
  "rate_limited",
  "bad_request",
  "context_length",
  "filtered"
])
