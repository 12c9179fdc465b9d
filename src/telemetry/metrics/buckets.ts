/**
 * Distributions in the few buckets that Prometheus and collectors are told.
 *
 * @module
 */
import { type Distribution, perDoubling } from "./Distribution.ts"

/** How values are distributed. */
export interface Buckets {
  /** How many values are within each bound, and above the one before it; the last is without bound. */
  readonly counts: Float64Array
  sum: number
  count: number
}

/** Buckets with `bounds`, each 2 to the power of a whole number, at equal distances. */
export const make = (bounds: ReadonlyArray<number>): Buckets => ({
  counts: new Float64Array(bounds.length + 1),
  sum: 0,
  count: 0
})

/** Adds values. It is exact: a bound that is a power of two is also one of a distribution's buckets. */
export const add = (
  into: Buckets,
  bounds: ReadonlyArray<number>,
  { buckets, count, sum, zeros }: Distribution
): void => {
  const first = Math.log2(bounds[0] ?? 1)
  const step = Math.log2(bounds[1] ?? 2) - first
  const put = (at: number, many: number): void => {
    into.counts[at] = (into.counts[at] ?? 0) + many
  }
  put(0, zeros)
  for (let i = 0; i < buckets.length; i += 2) {
    const [index = 0, many = 0] = [buckets[i], buckets[i + 1]]
    // All its values are at most 2 to the power of this.
    const power = (index + 1) / perDoubling
    put(Math.min(bounds.length, Math.max(0, Math.ceil((power - first) / step))), many)
  }
  into.sum += sum
  into.count += count
}
