/**
 * Balancers for tests, and those that they choose among.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { type Strategy } from "../../src/config/Traffic.ts"
import { Balancer, type Choice } from "../../src/routing/Balancer.ts"
import { test } from "../kit/effect.ts"

/** A balancer. */
export type Balance = Balancer["Service"]

/** What `body` makes of a new balancer, whose chances are those of `seed`. */
export const balanced = <A>(
  seed: number | string,
  body: (balancer: Balance) => A
): Effect.Effect<A> =>
  Effect.map(Balancer, body).pipe(Effect.provide(Balancer.layer), Random.withSeed(seed))

/** A test with a balancer on virtual time. */
export const balancing = (
  name: string,
  body: (balancer: Balance) => Effect.Effect<void, never, TestClock.TestClock>
) =>
  test(name, () =>
    Effect.flatMap(Balancer, body).pipe(
      Effect.provide(Balancer.layer),
      Random.withSeed("balancing")
    ))

/** Somebody to choose, alike in all that a test does not say. */
export const choice = (id: string, more: Partial<Choice> = {}): Choice => ({
  id,
  weight: 1,
  priority: 1,
  price: undefined,
  ...more
})

/** Somebody for each weight, named by place. */
export const weighted = (weights: ReadonlyArray<number>) =>
  weights.map((weight, index) => choice(`${index}`, { weight }))

/** How often each is first in `times` orders. */
export const shares = (
  { order }: Balance,
  strategy: Strategy,
  choices: ReadonlyArray<Choice>,
  times: number
): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { id } of choices) counts[id] = 0
  for (let time = 0; time < times; time++) counts[order("any", strategy, choices)[0]!.id]! += 1
  return counts
}

/** Their names. */
export const ids = (choices: ReadonlyArray<Choice>) => choices.map(({ id }) => id)

/** Weights of two to six. */
export const Weights = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 20 })))
  .check(Schema.isMinLength(2), Schema.isMaxLength(6))
/** What chance follows from. */
export const Seed = Schema.Int
