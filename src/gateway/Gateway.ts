/**
 * The way of a request: depart, travel from candidate to candidate, deliver, settle.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Slots from "../actor/Slots.ts"
import type { TimeLimits } from "../config/TimeLimits.ts"
import { GatewayError } from "../domain/GatewayError.ts"
import { Circuits } from "../guard/Circuits.ts"
import { Limiter } from "../guard/limits/Limiter.ts"
import { ModelHealth } from "../guard/ModelHealth.ts"
import { RetryBudget } from "../guard/RetryBudget.ts"
import { Watchman } from "../guard/Watchman.ts"
import { Ledger } from "../ledger/Ledger.ts"
import { Prices } from "../ledger/prices/Prices.ts"
import { TokenCounter } from "../ledger/tokens/TokenCounter.ts"
import { Balancer } from "../routing/Balancer.ts"
import { ModelTable } from "../routing/ModelTable.ts"
import { RequestLog } from "../telemetry/logs/RequestLog.ts"
import { Telemetry } from "../telemetry/Telemetry.ts"
import { Traces } from "../telemetry/traces/Traces.ts"
import { arrive } from "./arrive.ts"
import type { Ask } from "./Ask.ts"
import { make as makeCheckpoints } from "./Checkpoints.ts"
import type { Client } from "./Client.ts"
import { count, type Counted } from "./count.ts"
import { Decisions } from "./Decisions.ts"
import { depart } from "./depart.ts"
import { embed, type EmbedAsk, type Embedded, toAsk } from "./embed.ts"
import { explain, type Explanation } from "./explain.ts"
import type { Journey } from "./Journey.ts"
import { make as readOn } from "./readOn.ts"
import { answerStreamed } from "./streamed.ts"
import type { Tools } from "./Tools.ts"
import { answerWhole, type Generated } from "./whole.ts"

/** What the gateway has to be told. */
export interface GatewaySettings {
  readonly times: TimeLimits
  /** How often providers are asked for one request, at most. */
  readonly attempts: number
  /** For how long a provider is read on whose client has left, in milliseconds. */
  readonly readOnMs: number
  readonly ledger: {
    /** What becomes of requests while the books cannot be written. */
    readonly onFailure: "refuse" | "serve"
  }
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
  /** Makes vectors of texts. */
  readonly embed: (ask: EmbedAsk) => Effect.Effect<Embedded, GatewayError>
  /** How many tokens the prompt has: nothing is taken, and nothing charged. */
  readonly count: (ask: Ask) => Effect.Effect<Counted, GatewayError>
  /** Who would be asked now: nothing is sent, and nothing taken. */
  readonly explain: (ask: Ask) => Effect.Effect<Explanation, GatewayError>
  /** Whether it takes requests: not while the books cannot be written, unless it is to go on then. */
  readonly isAdmitting: () => boolean
}>()("penstock/gateway/Gateway") {
  static readonly layer = (settings: GatewaySettings) => Layer.effect(Gateway, make(settings))
}

const make = Effect.fnUntraced(function* (settings: GatewaySettings) {
  const { times, attempts, readOnMs, ledger: { onFailure } } = settings
  const table = yield* ModelTable
  const clock = yield* Clock.clockWith(Effect.succeed)
  const random = yield* Random.Random
  const tools: Tools = {
    balancer: yield* Balancer,
    checkpoints: yield* makeCheckpoints,
    circuits: yield* Circuits,
    counter: yield* TokenCounter,
    decisions: yield* Decisions,
    health: yield* ModelHealth,
    ledger: yield* Ledger,
    limiter: yield* Limiter,
    prices: yield* Prices,
    requestLog: yield* RequestLog,
    retries: yield* RetryBudget,
    telemetry: yield* Telemetry,
    traces: yield* Traces,
    watchman: yield* Watchman,
    times,
    attempts,
    onLedgerFailure: onFailure,
    now: () => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000,
    wallClock: () => clock.currentTimeMillisUnsafe(),
    random: () => random.nextDoubleUnsafe()
  }

  const reading = readOn(readOnMs)
  const underWay = Slots.make<Fiber.Fiber<unknown, unknown>>()
  const idle = Latch.makeUnsafe(true)
  // Who is under way now is stopped, and waited for, so that nobody finds the books closed.
  yield* Effect.addFinalizer(() =>
    Effect.suspend(() => {
      for (const fiber of underWay) fiber.interruptUnsafe()
      return Effect.andThen(reading.stop, idle.await)
    })
  )

  /** Serves one request, and settles it however it ends. */
  const serve = <A>(
    ask: Ask,
    streamed: boolean,
    answer: (journey: Journey) => Effect.Effect<A, GatewayError>
  ): Effect.Effect<A, GatewayError> =>
    // What is taken to depart is settled on arrival: no interruption may come between.
    Effect.uninterruptibleMask((restore) =>
      Effect.withFiber((fiber) => {
        const journey = depart(tools, table.snapshot(), ask, streamed)
        if (journey instanceof GatewayError) return Effect.fail(journey)
        const slot = underWay.add(fiber)
        idle.closeUnsafe()
        return Effect.onExit(
          restore(reading.after(journey, answer(journey))),
          (exit) =>
            Effect.ensuring(
              arrive(tools, journey, exit),
              Effect.sync(() => {
                underWay.remove(slot, fiber)
                if (underWay.size() === 0) idle.openUnsafe()
              })
            )
        )
      })
    )

  return Gateway.of({
    generate: (ask) => serve(ask, false, (journey) => answerWhole(tools, journey)),
    stream: (ask, client) =>
      Effect.map(
        serve(ask, true, (journey) => answerStreamed(tools, journey, client)),
        (farewell) => farewell()
      ),
    embed: (ask) => {
      const asked = toAsk(ask)
      return asked instanceof GatewayError
        ? Effect.fail(asked)
        : serve(asked, false, (journey) => embed(tools, journey, ask.request))
    },
    isAdmitting: () => onFailure === "serve" || tools.ledger.state().state === "open",
    count: (ask) => Effect.suspend(() => count(tools, table.snapshot(), ask)),
    explain: (ask) =>
      Effect.suspend(() => {
        const explanation = explain(tools, table.snapshot(), ask)
        return explanation instanceof GatewayError
          ? Effect.fail(explanation)
          : Effect.succeed(explanation)
      })
  })
})
