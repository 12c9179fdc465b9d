/**
 * What this process takes of its machine, as metrics.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import process from "node:process"
import { Supervisor } from "../../actor/Supervisor.ts"
import { Meters } from "./Meters.ts"
import { counters, gauges } from "./metrics.ts"

const stepMs = 1000
/** A scraper that comes every minute misses no stall. */
const stepsKept = 60

/** Memory, CPU and how late timers are; an actor, called `telemetry/lag`, sees to the latter. */
export const layer: Layer.Layer<never, never, Meters | Supervisor> = Layer.effectDiscard(
  Effect.gen(function* () {
    const meters = yield* Meters
    const supervisor = yield* Supervisor
    const clock = yield* Clock.clockWith(Effect.succeed)
    const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000
    const start = now()
    /** In milliseconds, oldest first. */
    const lags: Array<number> = []

    const sampling = Effect.forever(Effect.suspend(() => {
      const due = now() + stepMs
      return Effect.map(Effect.sleep(stepMs), () => {
        lags.push(Math.max(0, now() - due))
        if (lags.length > stepsKept) lags.shift()
      })
    }))
    yield* supervisor.start<never, never>("telemetry/lag", () => sampling, {
      mailbox: 1,
      concurrency: 1,
      waiting: 1
    })
    yield* meters.observe(gauges.eventLoopLag, (tell) => tell(Math.max(0, ...lags) / 1000))
    yield* meters.observe(gauges.uptime, (tell) => tell((now() - start) / 1000))
    yield* meters.observe(gauges.memory, (tell) => tell(Deno.memoryUsage().rss))
    yield* meters.observe(gauges.heap, (tell) => tell(Deno.memoryUsage().heapUsed))
    yield* meters.observe(counters.cpuTime, (tell) => {
      const { user, system } = process.cpuUsage()
      tell((user + system) / 1_000_000)
    })
  })
)
