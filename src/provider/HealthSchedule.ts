/**
 * Has each provider checked every now and then, unless real traffic shows that it is well.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { Supervisor } from "../actor/Supervisor.ts"
import { Configuration } from "../config/Configuration.ts"
import type { ProviderActor } from "./ProviderActor.ts"
import { Providers } from "./Providers.ts"

/** Nobody is checked sooner after the start; a little later, so that all are not checked at once. */
const firstMs = { least: 1000, spread: 2000 }
/** An interval is made so much shorter or longer, by chance. */
const jitter = 0.1
/** A changed interval is seen after so long at the latest. */
const longestSleepMs = 10_000

/** A provider that is checked. */
interface Patient {
  readonly provider: ProviderActor
  /** When it was last looked at, in monotonic milliseconds. */
  since: number
  /** How many requests it had answered then. */
  answers: number
  /** How long it is left alone after that, where the interval is so long. */
  restMs: (intervalMs: number) => number
}

/**
 * Has every provider that can be called checked each `healthCheckIntervalMs`, a tenth more or less, by
 * its own actor. One that answered a request meanwhile is not. It is an actor itself, called `health`.
 */
export const layer: Layer.Layer<never, never, Providers | Configuration | Supervisor> = Layer
  .effectDiscard(Effect.gen(function* () {
    const providers = yield* Providers
    const configuration = yield* Configuration
    const supervisor = yield* Supervisor
    const random = yield* Random.Random
    const clock = yield* Clock.clockWith(Effect.succeed)
    const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000

    const soon = (): Patient["restMs"] => {
      const ms = firstMs.least + firstMs.spread * random.nextDoubleUnsafe()
      return () => ms
    }
    const around = (): Patient["restMs"] => {
      const stretch = 1 + jitter * (2 * random.nextDoubleUnsafe() - 1)
      return (intervalMs) => intervalMs * stretch
    }

    const look = (patient: Patient) =>
      Effect.suspend(() => {
        const { provider, answers } = patient
        patient.since = now()
        patient.answers = provider.answers()
        patient.restMs = around()
        return patient.answers > answers || !provider.isRunning()
          ? Effect.void
          : Effect.ignore(provider.tell({ _tag: "Check" }))
      })

    const rounds = Effect.gen(function* () {
      const patients = providers.all
        .filter(({ settings }) => settings.readiness.ready && settings.healthCheck !== "none")
        .map((provider): Patient => ({
          provider,
          since: now(),
          answers: provider.answers(),
          restMs: soon()
        }))
      while (true) {
        const { healthCheckIntervalMs } = configuration.current().loadBalancing
        let sleepMs = longestSleepMs
        for (const patient of patients) {
          const due = () => patient.since + patient.restMs(healthCheckIntervalMs) - now()
          if (due() <= 0) yield* look(patient)
          sleepMs = Math.min(sleepMs, due())
        }
        // Whole milliseconds: of less, a clock may make nothing.
        yield* Effect.sleep(Math.ceil(sleepMs))
      }
    })

    yield* supervisor.start<never, never>("health", () => rounds, {
      mailbox: 1,
      concurrency: 1,
      waiting: 1
    })
  }))
