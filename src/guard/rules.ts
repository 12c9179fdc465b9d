/**
 * What follows from each fault of a provider: who is asked next, and what it says of the provider.
 *
 * @module
 */
import type { FaultClass, UpstreamFault } from "../domain/UpstreamFault.ts"

/** What follows from a fault before anything of the answer was shown. */
export interface Rule {
  /** How often the same deployment is asked again, at most. */
  readonly again: 0 | 1
  /**
   * Whether another candidate is asked: any, only one with a larger context window, only where the
   * operator said so, or none.
   */
  readonly next: "any" | "larger" | "configured" | "none"
  /** What it says of the deployment's circuit. */
  readonly circuit: "failure" | "neutral"
  /** What is left alone for a while. */
  readonly hold: "nothing" | "deployment" | "credential"
  /** Whether the wait that the provider asks for is worth taking, at most 5 s, when nobody else can answer. */
  readonly waits: boolean
}

/** The provider is at fault: others are asked. */
const failed: Rule = { again: 0, next: "any", circuit: "failure", hold: "nothing", waits: false }

/** It may have been a moment's fault: the same deployment is asked once more. */
const failedOnce: Rule = { ...failed, again: 1 }

/** It says nothing of whether the deployment is well. */
const spared: Rule = { ...failed, circuit: "neutral" }

/** The one rule for each fault. A provider that fell silent is never asked twice: it may still be at work. */
export const rules = {
  connect: failedOnce,
  dns: failed,
  tls: failed,
  reset: failedOnce,
  timeout_connect: failed,
  timeout_headers: failed,
  timeout_first_token: failed,
  timeout_idle: failed,
  // No time is left for another.
  timeout_total: { ...failed, next: "none" },
  rate_limited: { ...spared, hold: "deployment", waits: true },
  quota_exhausted: { ...spared, hold: "deployment" },
  overloaded: { ...failed, waits: true },
  server: failedOnce,
  auth: { ...spared, hold: "credential" },
  not_found: spared,
  context_length: { ...spared, next: "larger" },
  filtered: { ...spared, next: "configured" },
  bad_request: { ...spared, next: "none" },
  bad_response: failedOnce,
  too_large: failed,
  redirect: failed,
  stream_cut: failedOnce,
  crashed: spared,
  busy: spared,
  down: spared
} as const satisfies Record<FaultClass, Rule>

const firstBackoffMs = 100
const longestBackoffMs = 2000

/**
 * How long to wait before the same deployment is asked again for the `attempt`-th time, from 1: a random
 * part, from half to all, of 100 ms doubling to 2 s. `random` is from 0 to 1.
 */
export const backoffMs = (attempt: number, random: number): number =>
  Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.max(0, attempt - 1)) * (0.5 + random / 2)

const longestHoldMs = 3_600_000

/**
 * How long to leave a deployment alone after `fault`, in milliseconds: what the provider says, at least
 * 100 ms and at most an hour; where it says nothing, 1 s, 60 s without quota, and 0 for other faults.
 */
export const holdMs = ({ class: kind, retryAfterMs }: UpstreamFault): number =>
  retryAfterMs === undefined
    ? kind === "rate_limited" ? 1000 : kind === "quota_exhausted" ? 60_000 : 0
    : retryAfterMs > firstBackoffMs
    ? Math.min(retryAfterMs, longestHoldMs)
    : firstBackoffMs
