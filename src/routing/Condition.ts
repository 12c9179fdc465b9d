/**
 * How a deployment has been doing, as its calls show it.
 *
 * @module
 */

/** How a deployment has been doing. All times are in monotonic milliseconds. */
export interface Condition {
  /** Calls under way. */
  inFlight: number
  /** Moving average of the time to the first token; absent before the first answer. */
  latencyMs: number | undefined
  /** When that was last measured. */
  measuredAt: number
  /** Moving average of failures, as of `judgedAt`: from 0, none, to 1, nothing else. */
  failures: number
  judgedAt: number
}

/** That of one that was never called. */
export const make = (): Condition => ({
  inFlight: 0,
  latencyMs: undefined,
  measuredAt: 0,
  failures: 0,
  judgedAt: 0
})

/** What the newest measurement counts, at least. */
const newestLatency = 0.2
/** After so long, an old measurement counts a third of what it did. */
const latencyFadesMs = 60_000

/** Notes an answer whose first token took `ms`. */
export const answered = (condition: Condition, ms: number, now: number): void => {
  judge(condition, 0, now)
  const { latencyMs, measuredAt } = condition
  const old = (1 - newestLatency) * Math.exp((measuredAt - now) / latencyFadesMs)
  condition.latencyMs = latencyMs === undefined ? ms : ms + (latencyMs - ms) * old
  condition.measuredAt = now
}

/** Notes a call that failed. */
export const failed = (condition: Condition, now: number): void => judge(condition, 1, now)

/** What the newest call counts. */
const newestCall = 0.3
/** After so long without a call, half of the failures are forgotten. */
const halfForgottenMs = 60_000
/** Less is nothing: whoever recovered is as good as anybody. */
const least = 0.01

const judge = (condition: Condition, failure: 0 | 1, now: number): void => {
  const before = degradation(condition, now)
  condition.failures = before + (failure - before) * newestCall
  condition.judgedAt = now
}

/** How many of its calls fail: from 0, healthy, to 1, nothing but failures. */
export const degradation = ({ failures, judgedAt }: Condition, now: number): number => {
  if (failures === 0) return 0
  const left = failures * 2 ** ((judgedAt - now) / halfForgottenMs)
  return left < least ? 0 : left
}

/** A deployment keeps this much of its traffic, or it could never show that it is well again. */
const leastHealth = 0.05

/** What is left of its weight: from 0.05 to 1. */
export const health = (condition: Condition, now: number): number =>
  Math.max(leastHealth, 1 - degradation(condition, now))
