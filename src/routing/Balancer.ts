/**
 * Spreads calls over those who could answer them.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type { Strategy } from "../config/Traffic.ts"
import * as Condition from "./Condition.ts"
import { arrange, type Candidate, type Choice } from "./strategies.ts"
import { newcomer, type Turn } from "./turns.ts"

export type { Choice } from "./strategies.ts"

/** How a choice has been doing. */
export interface Stats {
  /** Calls under way. */
  readonly inFlight: number
  /** Moving average of the time to the first token; absent before the first answer. */
  readonly latencyMs: number | undefined
  /** How many of its calls fail: from 0, healthy, to 1, nothing but failures. */
  readonly degradation: number
}

/** Spreads calls over those who could answer them. All of it is synchronous. */
export class Balancer extends Context.Service<Balancer, {
  /**
   * Those of `choices` that have a weight above 0, best first. Each `group`, such as a model's id,
   * has turns of its own.
   */
  readonly order: <C extends Choice>(
    group: string,
    strategy: Strategy,
    choices: ReadonlyArray<C>
  ) => ReadonlyArray<C>
  /** The likeliest `order` of the next call; nothing changes by that. */
  readonly peek: <C extends Choice>(
    group: string,
    strategy: Strategy,
    choices: ReadonlyArray<C>
  ) => ReadonlyArray<C>
  /** Notes that a call is under way. */
  readonly began: (id: string) => void
  /** Notes that a call is over, however it ended. */
  readonly ended: (id: string) => void
  /** Notes a call that succeeded, and the time to its first token, or to the whole of its answer. */
  readonly answered: (id: string, ms: number) => void
  /** Notes a call that failed: who fails loses traffic under every strategy but `priority`. */
  readonly failed: (id: string) => void
  readonly stats: (id: string) => Stats
}>()("penstock/routing/Balancer") {
  static readonly layer = Layer.effect(
    Balancer,
    Effect.gen(function* () {
      const clock = yield* Clock.clockWith(Effect.succeed)
      const randomness = yield* Random.Random
      const random = () => randomness.nextDoubleUnsafe()
      const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000
      // They hold what the configuration names: an id that a client made up comes to neither.
      const conditions = new Map<string, Condition.Condition>()
      const groups = new Map<string, Map<string, Turn>>()
      const conditionOf = (id: string) => entryOf(conditions, id, Condition.make)
      const candidatesOf = <C extends Choice>(
        choices: ReadonlyArray<C>,
        turnOf: (id: string) => Turn
      ): ReadonlyArray<Candidate<C>> => {
        const time = now()
        const candidates: Array<Candidate<C>> = []
        for (const choice of choices) {
          if (!(choice.weight > 0)) continue
          const condition = conditions.get(choice.id) ?? unheardOf
          const { inFlight, latencyMs } = condition
          const health = Condition.health(condition, time)
          candidates.push({ choice, turn: turnOf(choice.id), health, inFlight, latencyMs })
        }
        return candidates
      }

      return Balancer.of({
        order: (group, strategy, choices) => {
          const [only] = choices
          // Nearly every model has one deployment.
          if (only && choices.length === 1) return only.weight > 0 ? choices : []
          const turns = entryOf(groups, group, noTurns)
          const turnOf = (id: string) => entryOf(turns, id, newcomer)
          return arrange(strategy, candidatesOf(choices, turnOf), random)
        },
        peek: (group, strategy, choices) => {
          const turns = groups.get(group)
          const copyOf = (id: string) => ({ ...newcomer(), ...turns?.get(id) })
          return arrange(strategy, candidatesOf(choices, copyOf), middling)
        },
        began: (id) => {
          conditionOf(id).inFlight += 1
        },
        ended: (id) => {
          const condition = conditionOf(id)
          condition.inFlight = Math.max(0, condition.inFlight - 1)
        },
        answered: (id, ms) => Condition.answered(conditionOf(id), ms, now()),
        failed: (id) => Condition.failed(conditionOf(id), now()),
        stats: (id) => {
          const condition = conditions.get(id) ?? unheardOf
          const { inFlight, latencyMs } = condition
          return { inFlight, latencyMs, degradation: Condition.degradation(condition, now()) }
        }
      })
    })
  )
}

/** The condition of one that was never called; only read. */
const unheardOf = Condition.make()

/** With this in place of chance, large shares come first, and whoever mostly fails comes last. */
const middling = () => 0.5

const noTurns = () => new Map<string, Turn>()

const entryOf = <A>(map: Map<string, A>, id: string, make: () => A): A => {
  const known = map.get(id)
  if (known) return known
  const made = make()
  map.set(id, made)
  return made
}
