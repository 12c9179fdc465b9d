/**
 * How models have been doing, as real requests show it.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** How a model has been doing over the last quarter of an hour. */
export interface Record {
  readonly health: Health
  /** Mean time to a whole answer, in milliseconds; absent where there was none. */
  readonly responseTimeMs: number | undefined
  /** When it was last tried, in Unix milliseconds; absent before the first time. */
  readonly lastCheck: number | undefined
  /** The same by the monotonic clock, in milliseconds: to tell what came first, never to be shown. */
  readonly lastAt: number | undefined
  /** Failed requests in all requests, from 0 to 1. */
  readonly errorRate: number
}

/** How a model is; `unknown` where nobody asked it lately. */
export type Health = "healthy" | "degraded" | "unhealthy" | "unknown"

/** How models have been doing, as real requests show it. */
export class ModelHealth extends Context.Service<ModelHealth, {
  /** Takes note of a request that took `durationMs` and that the provider answered or failed. */
  readonly note: (model: string, answered: boolean, durationMs: number) => Effect.Effect<void>
  /** `note`, done at once. */
  readonly noteUnsafe: (model: string, answered: boolean, durationMs: number) => void
  readonly record: (model: string) => Effect.Effect<Record>
}>()("penstock/guard/ModelHealth") {
  static readonly layer = Layer.effect(
    ModelHealth,
    Effect.gen(function* () {
      const clock = yield* Clock.clockWith(Effect.succeed)
      const models = new Map<string, Array<Bucket>>()
      /** Monotonic: a clock that is set makes nobody forget, and nobody remember. */
      const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000
      const minuteOf = (at: number) => Math.floor(at / minuteMs)

      const noteUnsafe = (model: string, answered: boolean, durationMs: number): void => {
        const lastAt = now()
        const lastCheck = clock.currentTimeMillisUnsafe()
        const minute = minuteOf(lastAt)
        const known = models.get(model)
        const buckets = recent(known ?? [], minute)
        let bucket = buckets.at(-1)
        if (bucket?.minute !== minute) {
          bucket = { minute, answered: 0, failed: 0, totalMs: 0, lastAt, lastCheck }
          buckets.push(bucket)
        }
        bucket.lastAt = lastAt
        bucket.lastCheck = lastCheck
        if (answered) {
          bucket.answered++
          bucket.totalMs += durationMs
        } else bucket.failed++
        if (buckets !== known) models.set(model, buckets)
      }

      return ModelHealth.of({
        note: (model, answered, durationMs) =>
          Effect.sync(() => noteUnsafe(model, answered, durationMs)),
        noteUnsafe,
        record: (model) =>
          Effect.sync(() => judge(recent(models.get(model) ?? [], minuteOf(now()))))
      })
    })
  )
}

/** What happened within one minute. */
interface Bucket {
  /** By the monotonic clock. */
  readonly minute: number
  answered: number
  failed: number
  totalMs: number
  /** By the monotonic clock, in milliseconds. */
  lastAt: number
  /** Unix milliseconds. */
  lastCheck: number
}

const minuteMs = 60_000
const windowMinutes = 15

const recent = (buckets: Array<Bucket>, now: number): Array<Bucket> => {
  const oldest = now - windowMinutes
  const [first] = buckets
  return first && first.minute <= oldest ? buckets.filter(({ minute }) => minute > oldest) : buckets
}

/** So many requests make a judgement; fewer are no more than a sign. */
const fewest = 5

/** Half of the requests failing is unhealthy, a tenth is degraded. */
const judge = (buckets: ReadonlyArray<Bucket>): Record => {
  let answered = 0, failed = 0, totalMs = 0
  for (const bucket of buckets) {
    answered += bucket.answered
    failed += bucket.failed
    totalMs += bucket.totalMs
  }
  const all = answered + failed
  const errorRate = all === 0 ? 0 : failed / all
  return {
    health: all === 0
      ? "unknown"
      : errorRate >= 0.5 && all >= fewest
      ? "unhealthy"
      : errorRate >= 0.1
      ? "degraded"
      : "healthy",
    responseTimeMs: answered === 0 ? undefined : Math.round(totalMs / answered),
    lastCheck: buckets.at(-1)?.lastCheck,
    lastAt: buckets.at(-1)?.lastAt,
    errorRate
  }
}
