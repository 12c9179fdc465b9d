/**
 * The way of a request: depart, travel from candidate to candidate, deliver, settle.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type { TimeLimits } from "../config/TimeLimits.ts"
import { GatewayError } from "../domain/GatewayError.ts"
import { Circuits } from "../guard/Circuits.ts"
import { Limiter } from "../guard/limits/Limiter.ts"
import { ModelHealth } from "../guard/ModelHealth.ts"
import { RetryBudget } from "../guard/RetryBudget.ts"
import { Watchman } from "../guard/Watchman.ts"
import { Prices } from "../ledger/Prices.ts"
import { Balancer } from "../routing/Balancer.ts"
import { ModelTable } from "../routing/ModelTable.ts"
import type { Ask } from "./Ask.ts"
import type { Client } from "./Client.ts"
import { Decisions } from "./Decisions.ts"
import { depart } from "./depart.ts"
import { explain, type Explanation } from "./explain.ts"
import { type Journey, settle } from "./Journey.ts"
import { answerStreamed } from "./streamed.ts"
import type { Tools } from "./Tools.ts"
import { answerWhole, type Generated } from "./whole.ts"

/** What the gateway has to be told. */
export interface GatewaySettings {
  readonly times: TimeLimits
  /** How often providers are asked for one request, at most. */
  readonly attempts: number
}

/** From a request to its answer. */
export class Gateway extends Context.Service<Gateway, {
  /** Answers in one piece. */
  readonly generate: (ask: Ask) => Effect.Effect<Generated, GatewayError>
  /**
   * Streams the answer to `client`. Fails only before anything was shown; after that `client` is
   * told. Interrupting it hangs up on the provider.
   */
  readonly stream: (ask: Ask, client: Client) => Effect.Effect<void, GatewayError>
  /** Who would be asked now: nothing is sent, and nothing taken. */
  readonly explain: (ask: Ask) => Effect.Effect<Explanation, GatewayError>
}>()("penstock/gateway/Gateway") {
  static readonly layer = (settings: GatewaySettings) => Layer.effect(Gateway, make(settings))
}

const make = Effect.fnUntraced(function* ({ times, attempts }: GatewaySettings) {
  const table = yield* ModelTable
  const clock = yield* Clock.clockWith(Effect.succeed)
  const random = yield* Random.Random
  const tools: Tools = {
    balancer: yield* Balancer,
    circuits: yield* Circuits,
    decisions: yield* Decisions,
    health: yield* ModelHealth,
    limiter: yield* Limiter,
    prices: yield* Prices,
    retries: yield* RetryBudget,
    watchman: yield* Watchman,
    times,
    attempts,
    now: () => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000,
    wallClock: () => clock.currentTimeMillisUnsafe(),
    random: () => random.nextDoubleUnsafe()
  }

  /** Serves one request, and settles it however it ends. */
  const serve = <A>(
    ask: Ask,
    streamed: boolean,
    answer: (journey: Journey) => Effect.Effect<A, GatewayError>
  ): Effect.Effect<A, GatewayError> =>
    // What is taken to depart is settled on arrival: no interruption may come between.
    Effect.uninterruptibleMask((restore) => {
      const journey = depart(tools, table.snapshot(), ask, streamed)
      if (journey instanceof GatewayError) return Effect.fail(journey)
      return Effect.onExit(
        restore(answer(journey)),
        (exit) => Effect.sync(() => arrive(tools, journey, exit))
      )
    })

  return Gateway.of({
    generate: (ask) => serve(ask, false, (journey) => answerWhole(tools, journey)),
    stream: (ask, client) => serve(ask, true, (journey) => answerStreamed(tools, journey, client)),
    explain: (ask) =>
      Effect.suspend(() => {
        const explanation = explain(tools, table.snapshot(), ask)
        return explanation instanceof GatewayError
          ? Effect.fail(explanation)
          : Effect.succeed(explanation)
      })
  })
})

/** Settles what a request took, and notes how it ended. */
const arrive = (tools: Tools, journey: Journey, exit: Exit.Exit<unknown, GatewayError>): void => {
  settle(journey)
  const { attempts } = journey.decision
  journey.decision.durationMs = Math.round(tools.now() - journey.startedAt)
  journey.decision.outcome = Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
    ? "left"
    : Exit.isSuccess(exit) && attempts.at(-1)?.outcome === "answered"
    ? "answered"
    : attempts.length === 0
    ? "refused"
    : "failed"
}
