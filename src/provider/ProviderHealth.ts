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
  /** Whether it was well then; absent where the check did not tell. */
  readonly ok: boolean | undefined
  /** Why it was not, in one sentence: scrubbed, and no longer than 200 characters. */
  readonly reason?: string | undefined
  /** How many checks failed in a row. */
  readonly failures: number
}

/** The health of a provider that showed nothing yet. */
export const unchecked: ProviderHealth = { checkedAt: undefined, ok: undefined, failures: 0 }

/** The health of a provider that answered at `checkedAt`. */
export const well = (checkedAt: number): ProviderHealth => ({ checkedAt, ok: true, failures: 0 })

/** The health of a provider whose check failed at `checkedAt`, and which was like `before`. */
export const failed = (
  before: ProviderHealth,
  fault: UpstreamFault,
  checkedAt: number
): ProviderHealth => {
  const reason = fault.message.slice(0, 200)
  return refusesOnly.has(fault.class)
    ? { checkedAt, ok: undefined, reason, failures: 0 }
    : { checkedAt, ok: false, reason, failures: before.failures + 1 }
}

/** Who says this is there, and does not like the check: it says nothing of how it serves others. */
const refusesOnly: ReadonlySet<FaultClass> = new Set([
  "not_found",
  "rate_limited",
  "bad_request",
  "context_length",
  "filtered"
])
