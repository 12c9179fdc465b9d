/**
 * The way of a request: route, admit, attempt, deliver, settle.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { type Answer, toDeltas } from "../domain/Answer.ts"
import type { CompletionRequest } from "../domain/Completion.ts"
import { type Cost, costOf } from "../domain/Cost.ts"
import { GatewayError } from "../domain/GatewayError.ts"
import { type FaultClass, UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Usage } from "../domain/Usage.ts"
import type { TimeLimits } from "../config/TimeLimits.ts"
import { ModelHealth } from "../guard/ModelHealth.ts"
import { ClientTooSlow, Watchman } from "../guard/Watchman.ts"
import { addDelta, emptyTally, estimate, type Tally } from "../ledger/estimate.ts"
import { Prices } from "../ledger/Prices.ts"
import { type Deployment, ModelTable } from "../routing/ModelTable.ts"
import { ratesOf } from "../routing/rates.ts"
import { admit } from "./admit.ts"
import type { Client } from "./Client.ts"
import { deliver, nothing } from "./deliver.ts"
import { route } from "./route.ts"

/** A whole answer, who gave it, and what it took. */
export interface Generated {
  /** The id of the model that served it. */
  readonly model: string
  readonly answer: Answer
  readonly usage: Usage
  /** Absent where the price is unknown. */
  readonly cost: Cost | undefined
}

/** From a request to its answer. */
export class Gateway extends Context.Service<Gateway, {
  /** Answers in one piece. */
  readonly generate: (request: CompletionRequest) => Effect.Effect<Generated, GatewayError>
  /**
   * Streams the answer to `client`. Fails only before anything was shown; after that `client` is
   * told. Interrupting it hangs up on the provider.
   */
  readonly stream: (
    request: CompletionRequest,
    client: Client
  ) => Effect.Effect<void, GatewayError>
}>()("penstock/gateway/Gateway") {
  static readonly layer = (limits: TimeLimits) =>
    Layer.effect(
      Gateway,
      Effect.gen(function* () {
        const table = yield* ModelTable
        const health = yield* ModelHealth
        const prices = yield* Prices
        const watchman = yield* Watchman
        const clock = yield* Clock.clockWith(Effect.succeed)

        /** Finds who answers `request`, has `attempt` ask it, and takes note of how that went. */
        const serve = Effect.fnUntraced(function* <A>(
          request: CompletionRequest,
          attempt: (
            deployment: Deployment,
            admitted: CompletionRequest
          ) => Effect.Effect<A, UpstreamFault | ClientTooSlow>
        ) {
          const deployment = yield* route(table, request.model)
          const admitted = yield* admit(deployment, request)
          const startedAt = clock.monotonicTimeNanosUnsafe()
          return yield* Effect.onExit(attempt(deployment, admitted), (exit) => {
            const answered = verdict(exit)
            if (answered === undefined) return Effect.void
            const nanos = clock.monotonicTimeNanosUnsafe() - startedAt
            return health.note(deployment.model.id, answered, Number(nanos) / 1_000_000)
          })
        })

        const costAt = (deployment: Deployment, usage: Usage) =>
          Effect.map(Clock.currentTimeMillis, (now) => {
            const rates = ratesOf(deployment, prices, now)
            return rates && costOf(rates, usage)
          })

        return Gateway.of({
          generate: (request) =>
            serve(request, (deployment, admitted) =>
              Effect.gen(function* () {
                const { model, provider } = deployment
                const { guard } = watchman.begin(limits.wholeHeadMs, () => {})
                const answer = yield* provider.complete(admitted, target(deployment, false), guard)
                const usage = answer.usage ??
                  estimate(admitted, written(answer))
                const cost = yield* costAt(deployment, usage)
                return { model: model.id, answer, usage, cost }
              })).pipe(Effect.mapError((error) => toGatewayError(request.model, error))),

          stream: (request, client) => {
            const delivery = nothing()
            return serve(request, (deployment, admitted) =>
              Effect.gen(function* () {
                const { model, provider } = deployment
                const { guard, watch } = watchman.begin(limits.streamHeadMs, client.keepAlive)
                yield* provider.stream(
                  admitted,
                  target(deployment, true),
                  guard,
                  (deltas) => deliver(deltas, model.id, client, watch, delivery)
                )
                const usage = delivery.usage ?? estimate(admitted, delivery.written)
                const cost = yield* costAt(deployment, usage)
                if (!delivery.opened) {
                  client.open(model.id)
                }
                client.finish({ finishes: delivery.finishes, usage, cost })
              })).pipe(
                Effect.mapError((error) => toGatewayError(request.model, error)),
                Effect.catch((error) =>
                  delivery.opened ? Effect.sync(() => client.fail(error)) : Effect.fail(error)
                )
              )
          }
        })
      })
    )
}

/** How much an answer holds. */
const written = (answer: Answer): Tally => {
  const tally = emptyTally()
  for (const delta of toDeltas(answer)) addDelta(tally, delta)
  return tally
}

const target = ({ model }: Deployment, stream: boolean) => ({
  model: model.upstreamModel,
  maxOutputTokens: model.maxOutputTokens,
  stream
})

/** What a request says of its model: answered, failed, or nothing where the client was to blame. */
const verdict = (exit: Exit.Exit<unknown, UpstreamFault | ClientTooSlow>): boolean | undefined => {
  if (Exit.isSuccess(exit)) return true
  if (Cause.hasInterruptsOnly(exit.cause)) return undefined
  const error = Cause.squash(exit.cause)
  return error instanceof ClientTooSlow ||
      (error instanceof UpstreamFault && notTheModels.has(error.class))
    ? undefined
    : false
}

/** Faults that say nothing of the model's health. */
const notTheModels: ReadonlySet<FaultClass> = new Set([
  "context_length",
  "filtered",
  "bad_request",
  "busy"
])

const toGatewayError = (
  model: string,
  error: GatewayError | UpstreamFault | ClientTooSlow
): GatewayError => {
  switch (error._tag) {
    case "GatewayError":
      return error
    case "UpstreamFault":
      return new GatewayError({ reason: { _tag: "ProviderFailed", model, fault: error } })
    case "ClientTooSlow":
      return new GatewayError({ reason: { _tag: "ClientTooSlow" } })
  }
}
