/**
 * The strategies: who of several is asked first, and who after that.
 *
 * @module
 */
import type { Strategy } from "../config/Traffic.ts"
import { take, type Taker, type Turn } from "./turns.ts"

/** Something to choose. */
export interface Choice {
  readonly id: string
  /** Its share; at 0 it is not chosen. */
  readonly weight: number
  /** For `priority`: the least goes first. */
  readonly priority: number
  /** US dollars for a million tokens, read and written ones together; absent where unknown. */
  readonly price: number | undefined
}

/** A choice with a weight above 0, and what is known of it now. */
export interface Candidate<C extends Choice> {
  readonly choice: C
  readonly turn: Turn
  /** What its failures leave of its share: at most 1. */
  readonly health: number
  readonly inFlight: number
  readonly latencyMs: number | undefined
}

/** All of `candidates`, best first. Turns are moved on; `random` gives numbers from 0 up to 1. */
export const arrange = <C extends Choice>(
  strategy: Strategy,
  candidates: ReadonlyArray<Candidate<C>>,
  random: () => number
): ReadonlyArray<C> => order[strategy](candidates, random).map(({ choice }) => choice)

type Order = <C extends Choice>(
  candidates: ReadonlyArray<Candidate<C>>,
  random: () => number
) => ReadonlyArray<Candidate<C>>

const order: { readonly [S in Strategy]: Order } = {
  round_robin: (candidates) =>
    sorted(candidates.map((one) => place(one, 0, one.choice.weight * one.health))),
  // Whose exponential clock rings first: by weight, and without replacement.
  random: (candidates, random) =>
    sorted(candidates.map((one) => {
      const rate = one.choice.weight * one.health
      return place(one, -Math.log(1 - random()) / rate, rate)
    })),
  least_latency: (candidates, random) => exploring(byScore(candidates, latency, random)),
  least_busy: (candidates, random) =>
    byScore(candidates, ({ choice, inFlight }) => inFlight / choice.weight, random),
  lowest_cost: (candidates, random) =>
    byScore(candidates, ({ choice }) => choice.price ?? Infinity, random),
  // The operator's word: failures change nothing.
  priority: (candidates) =>
    sorted(candidates.map((one) => place(one, one.choice.priority, one.choice.weight)))
}

/** One never measured is tried at once, but by one call until its answer is there. */
const latency = ({ latencyMs, inFlight }: Candidate<Choice>): number =>
  latencyMs ?? (inFlight === 0 ? -1 : Infinity)

/**
 * By the least score. One that fails stands behind all the others but for as many of the times as
 * are left to it: whatever its score, it has that part of the traffic that it would have had.
 */
const byScore = <C extends Choice>(
  candidates: ReadonlyArray<Candidate<C>>,
  scoreOf: (candidate: Candidate<C>) => number,
  random: () => number
) =>
  sorted(
    candidates.map((one) =>
      place(one, scoreOf(one), one.choice.weight, one.health < 1 && random() >= one.health)
    )
  )

/** A candidate with its place in the order. */
interface Placed<C extends Choice> extends Taker {
  readonly candidate: Candidate<C>
  readonly isBehind: boolean
  readonly score: number
}

const place = <C extends Choice>(
  candidate: Candidate<C>,
  score: number,
  weight: number,
  isBehind = false
): Placed<C> => ({ candidate, isBehind, score, weight, turn: candidate.turn })

/** By the least score; those at the front that are equal take turns. */
const sorted = <C extends Choice>(
  places: Array<Placed<C>>
): ReadonlyArray<Candidate<C>> => {
  places.sort(compare)
  const [first, ...others] = places
  if (!first) return []
  const next = take(first, others.filter((other) => compare(first, other) === 0))
  // Taking a turn moved those on that took part.
  places.sort((a, b) => a === next ? -1 : b === next ? 1 : compare(a, b) || b.turn.due - a.turn.due)
  return places.map(({ candidate }) => candidate)
}

const compare = (a: Placed<Choice>, b: Placed<Choice>): number => {
  if (a.isBehind !== b.isBehind) return a.isBehind ? 1 : -1
  return a.score === b.score ? 0 : a.score < b.score ? -1 : 1
}

/** Everybody has this part of the traffic, as far as it is well: a slow one may have become fast. */
const leastShare = 0.05

const exploring = <C extends Choice>(
  candidates: ReadonlyArray<Candidate<C>>
): ReadonlyArray<Candidate<C>> => {
  const [first] = candidates
  if (!first) return candidates
  const share = Math.min(leastShare, 1 / candidates.length)
  let next = first
  for (const one of candidates) {
    one.turn.collected += share * one.health
    if (one.turn.collected >= Math.max(1, next.turn.collected)) next = one
  }
  next.turn.collected = Math.max(0, next.turn.collected - 1)
  return next === first ? candidates : [next, ...candidates.filter((one) => one !== next)]
}
