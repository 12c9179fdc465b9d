/**
 * Finds out how a provider is, and which models it serves. It goes past the gateway: no limit, no
 * circuit and no statistic knows of it.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { CompletionRequest } from "../domain/Completion.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import * as CheckLog from "./CheckLog.ts"
import type { Exchange } from "./exchange.ts"
import * as ModelList from "./ModelList.ts"
import { failed, type Moment, type ProviderHealth, unchecked, well } from "./ProviderHealth.ts"
import type { ProviderSettings } from "./ProviderSettings.ts"

/** What is known of how a provider is, and the ways to find out. */
export interface Checkup {
  /** Asks which models it serves, and remembers them. */
  readonly discover: Effect.Effect<void>
  /** Makes the check that the settings say. */
  readonly check: Effect.Effect<void>
  /** Takes note that it answered a request. */
  readonly noteAnswer: () => void
  /** How many requests it answered. */
  readonly answers: () => number
  readonly health: () => ProviderHealth
  /** The models that it said it serves, by its own names: another map only when they changed. */
  readonly discovered: () => ModelList.ModelList
}

/** For a provider that is spoken with over `exchange`. */
export const make = (
  settings: ProviderSettings,
  exchange: Exchange,
  clock: Clock.Clock
): Checkup => {
  const { provider, healthCheck, probeModel } = settings
  const listing = CheckLog.make(settings, clock, "its list of models")
  const answering = CheckLog.make(settings, clock, "an answer of one token")
  let discovered: ModelList.ModelList = new Map()
  let checked = unchecked
  let answers = 0
  let answered: Moment | undefined
  /** How many answers there were when `checked` was found. */
  let answersThen = 0

  const now = (): Moment => ({
    checkedAt: clock.currentTimeMillisUnsafe(),
    // A clock that is set must not make old what is new.
    checkedAtMonotonic: Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000
  })

  const list = Effect.map(within(exchange.models, "5 seconds"), (models) => {
    const told = ModelList.make(models, provider)
    if (provider.discovers !== false && !ModelList.isSame(told, discovered)) discovered = told
    return told.size
  })

  const complete = Effect.suspend((): Effect.Effect<unknown, UpstreamFault> => {
    const model = probeModel ??
      // Some make vectors, and no answer.
      discovered.values().find(({ lacks }) => !lacks?.includes("text-generation"))?.id
    return model === undefined
      ? list
      : within(exchange.complete(oneToken(model), { model, stream: false }), "20 seconds")
  })

  /** An answer to a request shows more than a check. */
  const health = (): ProviderHealth => answered && answers > answersThen ? well(answered) : checked

  const note = (fault: UpstreamFault | undefined, answersBefore: number): void => {
    // Who answered others meanwhile is well, whatever became of the check.
    if (fault && answers > answersBefore) return
    checked = fault ? failed(health(), fault, now()) : well(now())
    answersThen = answers
  }

  /** Does `work`, tells `log`, and takes it for a check where `counts`. */
  const judged = (
    work: Effect.Effect<unknown, UpstreamFault>,
    log: CheckLog.CheckLog,
    counts: boolean
  ) =>
    Effect.suspend(() => {
      const answersBefore = answers
      return Effect.matchCauseEffect(work, {
        onSuccess: (models) => {
          if (counts) note(undefined, answersBefore)
          return log.passed(typeof models === "number" ? models : undefined)
        },
        onFailure: (cause) => {
          const error = Cause.squash(cause)
          const fault = error instanceof UpstreamFault ? error : bug
          if (counts) note(fault, answersBefore)
          return fault === bug
            ? Effect.logError(`The check of provider "${provider.id}" crashed`, cause)
            : log.failed(fault)
        }
      })
    })

  const checks = {
    models: judged(list, listing, true),
    completion: judged(complete, answering, true),
    none: Effect.void
  }

  return {
    discover: judged(list, listing, healthCheck === "models"),
    check: checks[healthCheck],
    noteAnswer: () => {
      answers++
      answered = now()
    },
    answers: () => answers,
    health,
    discovered: () => discovered
  }
}

const within = <A>(work: Effect.Effect<A, UpstreamFault>, limit: `${number} seconds`) =>
  Effect.timeoutOrElse(work, {
    duration: limit,
    orElse: () =>
      Effect.fail(
        new UpstreamFault({
          class: "timeout_headers",
          message: `The provider did not answer within ${limit}`
        })
      )
  })

const bug = new UpstreamFault({ class: "crashed", message: "The check was lost to a bug" })

const oneToken = (model: string): CompletionRequest => ({
  model,
  messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
  parameters: { maxTokens: 1 },
  dropUnsupported: true
})
