/**
 * What samples say together.
 *
 * @module
 */
import * as Distribution from "../metrics/Distribution.ts"
import type { Ending, Sample, Timing } from "../metrics/samples.ts"

/** How requests went. */
export interface Summary {
  /** Requests that are over. */
  readonly requests: number
  /** Answered in all that were answered or failed, from 0 to 1; absent where there were none. */
  readonly successRate: number | undefined
  /** The rest of them. Where the client left it is neither. */
  readonly errorRate: number | undefined
  readonly requestsPerMinute: number
  /** Read and written. */
  readonly tokensPerMinute: number
  /** Of those that were answered. */
  readonly duration: Times
  /** From when a request came; of streams with content. */
  readonly firstToken: Times
  /** After the first; of whole streams. */
  readonly perToken: Times
  /** Of those that called a provider. */
  readonly queue: Times
  readonly overhead: Times
}

/** Times in milliseconds; each is absent where nothing was timed. */
export interface Times {
  readonly averageMs: number | undefined
  readonly p50Ms: number | undefined
  readonly p95Ms: number | undefined
  readonly p99Ms: number | undefined
}

const minuteMs = 60_000

/** What `samples` of so many milliseconds say; of less than a minute, rates are of one. */
export const summary = (samples: ReadonlyArray<Sample>, ms: number): Summary => {
  const many = (ending: Ending): number =>
    samples.reduce(
      (sum, { times, ending: own }) => own === ending ? sum + (times.duration?.count ?? 0) : sum,
      0
    )
  const times = (timing: Timing, of = samples): Times =>
    timesOf(Distribution.merge(of.flatMap((sample) => sample.times[timing] ?? [])))

  const [answered, failed, left] = [many("answered"), many("failed"), many("left")]
  const judged = answered + failed
  const minutes = Math.max(ms, minuteMs) / minuteMs
  return {
    requests: judged + left,
    successRate: judged === 0 ? undefined : answered / judged,
    errorRate: judged === 0 ? undefined : failed / judged,
    requestsPerMinute: (judged + left) / minutes,
    tokensPerMinute: samples.reduce((sum, { tokens }) => sum + tokens, 0) / minutes,
    duration: times("duration", samples.filter(({ ending }) => ending === "answered")),
    firstToken: times("firstToken"),
    perToken: times("perToken"),
    queue: times("queue"),
    overhead: times("overhead")
  }
}

const timesOf = (seconds: Distribution.Distribution): Times => {
  const ms = (value: number | undefined) => value === undefined ? undefined : value * 1000
  return {
    averageMs: ms(Distribution.mean(seconds)),
    p50Ms: ms(Distribution.quantile(seconds, 0.5)),
    p95Ms: ms(Distribution.quantile(seconds, 0.95)),
    p99Ms: ms(Distribution.quantile(seconds, 0.99))
  }
}
