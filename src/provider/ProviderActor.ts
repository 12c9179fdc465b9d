/**
 * The actor that speaks with one provider.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Stream from "effect/Stream"
import { type Actor, type Behaviour, eachMessage } from "../actor/Actor.ts"
import { Supervisor } from "../actor/Supervisor.ts"
import type { Guard, NotDone } from "../actor/Team.ts"
import type { Answer } from "../domain/Answer.ts"
import type { CompletionRequest } from "../domain/Completion.ts"
import type { Delta } from "../domain/Delta.ts"
import type { EmbeddingProgress, EmbeddingRequest, Embeddings } from "../domain/Embedding.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { ListedModel, Target } from "../protocol/Dialect.ts"
import { actorFaults } from "./actorFaults.ts"
import * as Checkup from "./Checkup.ts"
import { Egress } from "./Egress.ts"
import * as Exchange from "./exchange.ts"
import type { ProviderHealth } from "./ProviderHealth.ts"
import type { ProviderSettings } from "./ProviderSettings.ts"

/** What a provider's actor can be told. It asks the provider beside the mail: none waits for that. */
export type ProviderMail =
  /** Ask the provider which models it serves, and remember them. */
  | { readonly _tag: "Discover" }
  /** Find out how the provider is, as its settings say; nothing where that is under way. */
  | { readonly _tag: "Check" }
  /** Crash, as a bug would make it: for drills and tests. */
  | { readonly _tag: "Crash"; readonly defect: unknown }

/** A provider that can be called. */
export interface ProviderActor {
  readonly settings: ProviderSettings
  /**
   * Asks for a whole answer; `guard` may give it up. Where it waits for a place, it does so in
   * `lane` (default: `""`), and lanes take turns: the caller's key.
   */
  readonly complete: <E2>(
    request: CompletionRequest,
    target: Target,
    guard: Guard<E2>,
    lane?: string
  ) => Effect.Effect<Answer, E2 | UpstreamFault>
  /**
   * Asks for a streamed answer, which `consume` reads within the actor: no delta crosses from fiber
   * to fiber. Leaving hangs up on the provider.
   */
  readonly stream: <A, E, R, E2>(
    request: CompletionRequest,
    target: Target,
    guard: Guard<E2>,
    consume: (deltas: Stream.Stream<Delta, UpstreamFault>) => Effect.Effect<A, E, R>,
    lane?: string
  ) => Effect.Effect<A, E | E2 | UpstreamFault, R>
  /**
   * Asks for vectors, of a model by the provider's own name, and lets `told` hear how far that is;
   * for the rest as `complete`.
   */
  readonly embed: <E2>(
    request: EmbeddingRequest,
    model: string,
    guard: Guard<E2>,
    lane?: string,
    told?: (progress: EmbeddingProgress) => void
  ) => Effect.Effect<Embeddings, E2 | UpstreamFault>
  /** Has a prompt counted; for the rest as `complete`. */
  readonly count: <E2>(
    request: CompletionRequest,
    target: Target,
    guard: Guard<E2>,
    lane?: string
  ) => Effect.Effect<number, E2 | UpstreamFault>
  readonly tell: Actor<ProviderMail>["tell"]
  /** Whether it takes calls now. */
  readonly isRunning: () => boolean
  /** How the provider is, as checks and answers show it. */
  readonly health: () => ProviderHealth
  /** How many requests it answered since the gateway started. */
  readonly answers: () => number
  /** The models that it said it serves, by its own names; empty before it was asked. */
  readonly discovered: () => ReadonlyMap<string, ListedModel>
}

/** Starts the actor of one provider, under the supervisor. */
export const start = Effect.fnUntraced(function* (settings: ProviderSettings) {
  const { provider } = settings
  const egress = yield* Egress
  const supervisor = yield* Supervisor
  const clock = yield* Clock.clockWith(Effect.succeed)
  const random = yield* Random.Random
  const exchange = Exchange.make(settings, provider.send ?? egress.send)
  const checkup = Checkup.make(settings, exchange, clock)
  let isChecking = false

  const beside = Effect.forkScoped({ startImmediately: true })
  const handle = (mail: ProviderMail) => {
    switch (mail._tag) {
      case "Crash":
        return Effect.die(mail.defect)
      case "Discover":
        return beside(checkup.discover)
      case "Check":
        return beside(Effect.ensuring(
          checkup.check,
          Effect.sync(() => {
            isChecking = false
          })
        ))
    }
  }
  const behaviour: Behaviour<ProviderMail, never> = (mailbox) =>
    Effect.scoped(eachMessage(handle)(mailbox))

  const actor = yield* supervisor.start(`provider/${provider.id}`, behaviour, settings.size)

  const tell = (mail: ProviderMail) =>
    Effect.suspend(() => {
      if (mail._tag !== "Check") return actor.tell(mail)
      if (isChecking) return Effect.void
      isChecking = true
      return Effect.tapError(actor.tell(mail), () =>
        Effect.sync(() => {
          isChecking = false
        }))
    })

  if (provider.discovers !== false && settings.readiness.ready) {
    // A mailbox that was just made has room.
    yield* Effect.ignore(actor.tell({ _tag: "Discover" }))
  }

  /** Has the actor do `work`; the kit's own errors become faults of the provider. */
  const perform = <A, E, R, E2>(
    work: Effect.Effect<A, E, R>,
    guard: Guard<E2>,
    lane: string | undefined
  ): Effect.Effect<A, E | E2 | UpstreamFault, R> =>
    Effect.flatMap(
      Effect.catch(
        actor.perform(
          Effect.result(work),
          (abandon: (error: Abandoned<E2>) => void) =>
            guard((error) => abandon(new Abandoned({ error }))),
          lane
        ),
        (error): Effect.Effect<never, E2 | UpstreamFault> =>
          error._tag === "Abandoned" ? Effect.fail(error.error) : notDone(error)
      ),
      (result) => {
        if (result._tag === "Success") checkup.noteAnswer()
        return Effect.fromResult(result)
      }
    )

  /** What the kit says of the actor, as a fault of its provider; a bug of a call's own is logged. */
  const notDone = (error: NotDone): Effect.Effect<never, UpstreamFault> =>
    Effect.andThen(
      error._tag === "ActorCrashed" && error.defect !== undefined
        ? Effect.logError(`Call to provider "${provider.id}" crashed`, Cause.die(error.defect))
        : Effect.void,
      actorFaults[error._tag](provider.id, random)
    )

  const started: ProviderActor = {
    settings,
    complete: (request, target, guard, lane) =>
      perform(exchange.complete(request, target), guard, lane),
    stream: (request, target, guard, consume, lane) =>
      perform(exchange.stream(request, target, consume), guard, lane),
    embed: (request, model, guard, lane, told) =>
      perform(exchange.embed(request, model, told), guard, lane),
    count: (request, target, guard, lane) => perform(exchange.count(request, target), guard, lane),
    tell,
    isRunning: () => actor.vitals().phase === "running",
    health: checkup.health,
    answers: checkup.answers,
    discovered: checkup.discovered
  }
  return started
})

/** A call was given up by its guard: told apart from what the kit says. */
class Abandoned<E> extends Data.TaggedError("Abandoned")<{ readonly error: E }> {}
