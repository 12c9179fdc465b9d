/**
 * What a check of the provider says of a model that nobody asked since.
 *
 * @module
 */
import type { Record } from "./ModelHealth.ts"

/** What the last check of a provider showed. */
export interface Probe {
  /** Unix milliseconds; absent before the first. */
  readonly checkedAt: number | undefined
  /** The same by the monotonic clock, in milliseconds. */
  readonly checkedAtMonotonic: number | undefined
  /** Absent where it did not tell. */
  readonly ok: boolean | undefined
  readonly reason?: string | undefined
  /** How many failed in a row. */
  readonly failures: number
}

/** A record, and why the model is not well where that is its provider's doing. */
export interface Judged extends Record {
  readonly reason: string | undefined
}

/**
 * `record` of a model, with what the last check of its provider adds. Real traffic since then says
 * more; without it, a failed check makes a model degraded, and so many in a row as would open a
 * circuit make it unhealthy. A check that went well makes a model healthy of which nothing else is
 * known.
 */
export const judgeProbe = (record: Record, probe: Probe, failureThreshold: number): Judged => {
  const { checkedAt, checkedAtMonotonic, ok, failures, reason } = probe
  const { lastAt } = record
  if (checkedAtMonotonic === undefined || (lastAt !== undefined && lastAt >= checkedAtMonotonic)) {
    return { ...record, reason: undefined }
  }
  const seen = { ...record, lastCheck: checkedAt, lastAt: checkedAtMonotonic, reason: undefined }
  if (ok === false) {
    return {
      ...seen,
      health: failures >= failureThreshold ? "unhealthy" : worst(record.health),
      reason: `Its provider failed the last check: ${reason ?? "it did not say why"}`
    }
  }
  return ok && record.health === "unknown" ? { ...seen, health: "healthy" } : seen
}

const worst = (health: Record["health"]) => health === "unhealthy" ? health : "degraded"
