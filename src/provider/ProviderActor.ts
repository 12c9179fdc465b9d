/**
 * The actor that speaks with one provider.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import { type Actor, eachMessage } from "../actor/Actor.ts"
import { Supervisor } from "../actor/Supervisor.ts"
import type { Guard, NotDone } from "../actor/Team.ts"
import type { Answer } from "../domain/Answer.ts"
import type { CompletionRequest } from "../domain/Completion.ts"
import type { Delta } from "../domain/Delta.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Target } from "../protocol/Dialect.ts"
import { Egress } from "./Egress.ts"
import * as Exchange from "./exchange.ts"
import type { ProviderSettings } from "./ProviderSettings.ts"

/** What a provider's actor can be told; each is done before the next. */
export type ProviderMail =
  /** Ask the provider which models it serves, and remember them. */
  | { readonly _tag: "Discover" }
  /** Crash, as a bug would make it: for drills and tests. */
  | { readonly _tag: "Crash"; readonly defect: unknown }

/** A provider that can be called. */
export interface ProviderActor {
  readonly settings: ProviderSettings
  /** Asks for a whole answer; `guard` may give it up. */
  readonly complete: <E2>(
    request: CompletionRequest,
    target: Target,
    guard: Guard<E2>
  ) => Effect.Effect<Answer, E2 | UpstreamFault>
  /**
   * Asks for a streamed answer, which `consume` reads within the actor: no delta crosses from fiber
   * to fiber. Leaving hangs up on the provider.
   */
  readonly stream: <A, E, R, E2>(
    request: CompletionRequest,
    target: Target,
    guard: Guard<E2>,
    consume: (deltas: Stream.Stream<Delta, UpstreamFault>) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | E2 | UpstreamFault, R>
  readonly tell: Actor<ProviderMail>["tell"]
  /** Whether it takes calls now. */
  readonly isRunning: () => boolean
  /** The models that it said it serves, by its own names; empty before it was asked. */
  readonly discovered: () => ReadonlySet<string>
}

/** Starts the actor of one provider, under the supervisor. */
export const start = Effect.fnUntraced(function* (settings: ProviderSettings) {
  const { provider } = settings
  const egress = yield* Egress
  const supervisor = yield* Supervisor
  const exchange = Exchange.make(settings, provider.send ?? egress.send)
  let discovered: ReadonlySet<string> = new Set()

  const discover = exchange.models.pipe(
    Effect.timeout("5 seconds"),
    Effect.matchEffect({
      onSuccess: (ids) =>
        Effect.sync(() => {
          discovered = new Set(ids)
        }),
      onFailure: ({ message }) =>
        Effect.logDebug(`Cannot list the models of provider "${provider.id}": ${message}`)
    })
  )

  const actor = yield* supervisor.start(
    `provider/${provider.id}`,
    eachMessage((mail: ProviderMail) => mail._tag === "Crash" ? Effect.die(mail.defect) : discover),
    settings.size
  )
  if (provider.discovers && settings.readiness.ready) {
    // A mailbox that was just made has room.
    yield* Effect.ignore(actor.tell({ _tag: "Discover" }))
  }

  /** Has the actor do `work`; the kit's own errors become faults of the provider. */
  const perform = <A, E, R, E2>(
    work: Effect.Effect<A, E, R>,
    guard: Guard<E2>
  ): Effect.Effect<A, E | E2 | UpstreamFault, R> =>
    Effect.flatMap(
      Effect.catch(
        actor.perform(
          Effect.result(work),
          (abandon: (error: Abandoned<E2>) => void) =>
            guard((error) => abandon(new Abandoned({ error })))
        ),
        (error): Effect.Effect<never, E2 | UpstreamFault> =>
          error._tag === "Abandoned" ? Effect.fail(error.error) : notDone(error)
      ),
      Effect.fromResult
    )

  /** What the kit says of the actor, as a fault of its provider; a bug of a call's own is logged. */
  const notDone = (error: NotDone): Effect.Effect<never, UpstreamFault> =>
    Effect.andThen(
      error._tag === "ActorCrashed" && error.defect !== undefined
        ? Effect.logError(`Call to provider "${provider.id}" crashed`, Cause.die(error.defect))
        : Effect.void,
      faults[error._tag](provider.id)
    )

  const started: ProviderActor = {
    settings,
    complete: (request, target, guard) => perform(exchange.complete(request, target), guard),
    stream: (request, target, guard, consume) =>
      perform(exchange.stream(request, target, consume), guard),
    tell: actor.tell,
    isRunning: () => actor.vitals().phase === "running",
    discovered: () => discovered
  }
  return started
})

/** A call was given up by its guard: told apart from what the kit says. */
class Abandoned<E> extends Data.TaggedError("Abandoned")<{ readonly error: E }> {}

/** What the kit says of an actor, as a fault of its provider. */
const faults = {
  ActorBusy: (provider: string) =>
    new UpstreamFault({
      class: "busy",
      message: `Provider "${provider}" has as many calls as it may have`,
      retryAfterMs: 1000
    }),
  ActorDown: (provider: string) =>
    new UpstreamFault({ class: "down", message: `Provider "${provider}" takes no calls now` }),
  ActorCrashed: (provider: string) =>
    new UpstreamFault({
      class: "crashed",
      message: `The call to provider "${provider}" was lost to a crash`
    })
}
