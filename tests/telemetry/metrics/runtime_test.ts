import { assert, assertEquals } from "@std/assert"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { Prometheus } from "../../../src/telemetry/prometheus/Prometheus.ts"
import { layer as runtime } from "../../../src/telemetry/metrics/runtime.ts"
import { test } from "../../kit/effect.ts"
import { parse, total } from "../exposition.ts"
import { layer as telemetry } from "../layers.ts"

/** A clock that can be made to run ahead of whoever sleeps by it, as a busy thread does. */
const busy = Effect.gen(function* () {
  const clock = yield* Clock.clockWith(Effect.succeed)
  let aheadMs = 0
  const late: Clock.Clock = {
    ...clock,
    currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + aheadMs,
    currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe() + BigInt(aheadMs) * 1_000_000n,
    sleep: (duration) => clock.sleep(duration)
  }
  return { late, stall: (ms: number) => void (aheadMs += ms) }
})

test("the longest stall of the last minute is told to everyone, and then is forgotten", () =>
  Effect.gen(function* () {
    const { late, stall } = yield* busy
    const layer = runtime.pipe(
      Layer.provideMerge(telemetry),
      Layer.provide(Layer.succeed(Clock.Clock, late))
    )
    yield* Effect.gen(function* () {
      const lag = Prometheus.use(({ scrape }) =>
        Effect.map(scrape, (text) => total(parse(text), "penstock_event_loop_lag_seconds"))
      )
      assertEquals(yield* lag, 0)
      yield* TestClock.adjust(500)
      stall(250)
      yield* TestClock.adjust(1000)
      assertEquals(yield* lag, 0.25)
      yield* TestClock.adjust(30_000)
      assertEquals(yield* lag, 0.25)
      yield* TestClock.adjust(40_000)
      assertEquals(yield* lag, 0)
    }).pipe(Effect.provide(layer))
  }))

test("memory, CPU and the time since the start are told in bytes and seconds", () =>
  Effect.gen(function* () {
    yield* TestClock.adjust(90_000)
    const metrics = parse(yield* Prometheus.use(({ scrape }) => scrape))
    assertEquals(total(metrics, "process_uptime_seconds"), 90)
    assert(total(metrics, "process_memory_usage_bytes") > 1e7)
    assert(total(metrics, "process_memory_heap_bytes") > 1e6)
    assert(total(metrics, "process_cpu_time_seconds_total") > 0.01)
  }).pipe(Effect.provide(runtime.pipe(Layer.provideMerge(telemetry)))))
