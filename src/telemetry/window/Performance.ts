/**
 * How requests went over the last minutes: how long they took, how many failed, how many there were.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Supervisor } from "../../actor/Supervisor.ts"
import { Meters } from "../metrics/Meters.ts"
import * as Ring from "./Ring.ts"
import { fromReading } from "../metrics/samples.ts"
import { type Summary, summary } from "./summary.ts"

/** How requests went within a window. */
export interface Report {
  readonly all: Summary
  /** By the model that answered, else that was asked last. */
  readonly byModel: ReadonlyMap<string, Summary>
  readonly byProvider: ReadonlyMap<string, Summary>
}

/** How requests went over the last minutes. */
export class Performance extends Context.Service<Performance, {
  /**
   * The last `windowMs`, at most an hour, those that are over at this moment included; only `model`'s
   * where it is given. A window begins with a step of 5 s: it may be so much longer.
   */
  readonly report: (windowMs: number, model?: string) => Effect.Effect<Report>
}>()("penstock/telemetry/Performance") {
  /** Measurements of the last hour are kept by an actor, called `telemetry/window`. */
  static readonly layer = Layer.effect(
    Performance,
    Effect.gen(function* () {
      const meters = yield* Meters
      const supervisor = yield* Supervisor
      const clock = yield* Clock.clockWith(Effect.succeed)
      // Monotonic: a clock that is set moves no window.
      const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000
      // It outlives a crash of the actor.
      const ring = Ring.make(now())
      meters.values.listen((recorded) => ring.add(fromReading(recorded)))

      const rounds = Effect.gen(function* () {
        let due = now() + Ring.stepMs
        while (true) {
          yield* Effect.sleep(Math.max(1, Math.ceil(due - now())))
          const at = now()
          meters.values.tell()
          ring.close(at)
          due = Math.max(due, at) + Ring.stepMs
        }
      })
      yield* supervisor.start<never, never>("telemetry/window", () => rounds, {
        mailbox: 1,
        concurrency: 1,
        waiting: 1
      })

      return Performance.of({
        report: (windowMs, model) =>
          Effect.sync(() => {
            const at = now()
            meters.values.tell()
            const { from, samples } = ring.since(at - Math.min(windowMs, Ring.longestMs))
            const asked = model === undefined
              ? samples
              : samples.filter((sample) => sample.model === model)
            const ms = at - from
            const by = (key: "model" | "provider") =>
              new Map(
                Array.from(
                  Map.groupBy(asked, (sample) => sample[key]),
                  ([name, samples]) => [name, summary(samples, ms)] as const
                )
              )
            return { all: summary(asked, ms), byModel: by("model"), byProvider: by("provider") }
          })
      })
    })
  )
}
