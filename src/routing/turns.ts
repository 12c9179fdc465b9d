/**
 * Taking turns by weight: who has a large one has its turns spread out, not in a row.
 *
 * @module
 */

/** Where one of those who take turns stands. */
export interface Turn {
  /** Turns that it should have had and did not; below 0 where it had more. All together are 0. */
  due: number
  /** The part of a turn that it has collected towards being tried whatever else counts. */
  collected: number
}

/** Where somebody new stands. */
export const newcomer = (): Turn => ({ due: 0, collected: 0 })

/** One of those who take turns. */
export interface Taker {
  readonly turn: Turn
  /** Not negative; its part of all weights is its part of all turns. */
  readonly weight: number
}

/** Whose turn it is; of those who are due alike, the first. Everybody's standing is moved on. */
export const take = <T extends Taker>(first: T, others: ReadonlyArray<T>): T => {
  if (others.length === 0) return first
  let total = first.weight
  for (const { weight } of others) total += weight
  // Counted in turns, not in weights: so that standings hold when the weights change.
  first.turn.due += first.weight / total
  let next = first
  for (const other of others) {
    other.turn.due += other.weight / total
    if (other.turn.due > next.turn.due) next = other
  }
  next.turn.due -= 1
  return next
}
