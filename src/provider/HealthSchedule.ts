/**
 * Has each provider checked every now and then, unless real traffic shows that it is well, and asked
 * for its list of models.
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
/** A list of models is asked for again after so long; sooner where there is none yet. */
const listMs = { known: 3_600_000, unknown: 300_000 }
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
  /** When it was last asked for its list, in monotonic milliseconds. */
  listedAt: number
  /** By how much the time until it is asked again is stretched. */
  listStretch: number
}

/**
 * Has every provider that can be called checked each `healthCheckIntervalMs`, a tenth more or less, by
 * its own actor. One that answered a request meanwhile is not. Whatever checks there are, each that
 * has a list is asked for it every hour. It is an actor itself, called `health`.
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
    const stretch = () => 1 + jitter * (2 * random.nextDoubleUnsafe() - 1)
    const around = (): Patient["restMs"] => {
      const by = stretch()
      return (intervalMs) => intervalMs * by
    }

    const look = (patient: Patient) =>
      Effect.suspend(() => {
        const { provider, answers } = patient
        patient.since = now()
        patient.answers = provider.answers()
        patient.restMs = around()
        if (patient.answers > answers || !provider.isRunning()) return Effect.void
        if (provider.settings.healthCheck === "models") patient.listedAt = now()
        return Effect.ignore(provider.tell({ _tag: "Check" }))
      })

    const list = (patient: Patient) =>
      Effect.suspend(() => {
        const { provider } = patient
        patient.listedAt = now()
        patient.listStretch = stretch()
        return provider.isRunning()
          ? Effect.ignore(provider.tell({ _tag: "Discover" }))
          : Effect.void
      })

    const rounds = Effect.gen(function* () {
      const patients = providers.all
        .filter(({ settings }) => settings.readiness.ready)
        .map((provider): Patient => ({
          provider,
          since: now(),
          answers: provider.answers(),
          restMs: soon(),
          // Its actor asks at start.
          listedAt: now(),
          listStretch: stretch()
        }))
      while (true) {
        const { healthCheckIntervalMs } = configuration.current().loadBalancing
        let sleepMs = longestSleepMs
        for (const patient of patients) {
          const due = () => checkDue(patient, healthCheckIntervalMs) - now()
          const listDue = () => nextList(patient) - now()
          if (due() <= 0) yield* look(patient)
          if (listDue() <= 0) yield* list(patient)
          sleepMs = Math.min(sleepMs, due(), listDue())
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

/** When a provider is to be checked. */
const checkDue = ({ provider, since, restMs }: Patient, intervalMs: number): number =>
  provider.settings.healthCheck === "none" ? Infinity : since + restMs(intervalMs)

/** When a provider is to be asked for its list, where no check does so before. */
const nextList = ({ provider, listedAt, listStretch }: Patient): number => {
  if (provider.settings.provider.discovers === false) return Infinity
  const restMs = provider.discovered().size > 0 ? listMs.known : listMs.unknown
  return listedAt + restMs * listStretch
}
