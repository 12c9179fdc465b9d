/**
 * When a crashed actor comes back, and when it is given up.
 *
 * @module
 */

/** How often an actor may crash, and how long it waits before it is back. */
export interface RestartPolicy {
  /** The wait after the first crash, in milliseconds; it doubles with each further crash. */
  readonly firstDelayMs: number
  /** The longest wait, in milliseconds. */
  readonly longestDelayMs: number
  /** More crashes than this within `windowMs` and the actor is given up. */
  readonly crashes: number
  /** The time over which crashes are counted, in milliseconds; older ones are forgiven. */
  readonly windowMs: number
}

/** 100 ms, doubling up to 30 s; given up at the ninth crash within a minute. */
export const defaultRestartPolicy: RestartPolicy = {
  firstDelayMs: 100,
  longestDelayMs: 30_000,
  crashes: 8,
  windowMs: 60_000
}

/** What follows a crash. */
export type Verdict =
  | { readonly restart: true; readonly afterMs: number; readonly recent: ReadonlyArray<number> }
  | { readonly restart: false }

/** What follows a crash at `now`, when `recent` holds the times of earlier ones, oldest first. */
export const judge = (
  policy: RestartPolicy,
  recent: ReadonlyArray<number>,
  now: number
): Verdict => {
  const counted = [...recent.filter((at) => now - at < policy.windowMs), now]
  if (counted.length > policy.crashes) return { restart: false }
  const afterMs = Math.min(policy.firstDelayMs * 2 ** (counted.length - 1), policy.longestDelayMs)
  return { restart: true, afterMs, recent: counted }
}
