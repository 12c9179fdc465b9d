/**
 * Values as they are recorded: by whoever holds the tally of their labels, with no label looked at.
 *
 * @module
 */
import { bucketOf, type Distribution } from "./Distribution.ts"

/** The values of one metric with one set of labels. */
export interface Tally {
  /** Takes note of a value. A clock that was read out of order makes nothing negative: that is 0. */
  readonly record: (value: number) => void
  /** What was recorded since the last time; absent where nothing was. */
  readonly take: () => Distribution | undefined
}

/** A tally of nothing yet. */
export const make = (): Tally => {
  let counts = new Map<number, number>()
  let [count, sum, min, max, zeros] = [0, 0, Infinity, 0, 0]

  return {
    record: (told) => {
      const value = told > 0 ? told : 0
      count++
      sum += value
      if (value < min) min = value
      if (value > max) max = value
      if (value === 0) {
        zeros++
        return
      }
      const bucket = bucketOf(value)
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1)
    },
    take: () => {
      if (count === 0) return undefined
      const pairs = Array.from(counts).sort(([one], [other]) => one - other)
      const taken = { count, sum, min, max, zeros, buckets: Int32Array.from(pairs.flat()) }
      counts = new Map()
      ;[count, sum, min, max, zeros] = [0, 0, Infinity, 0, 0]
      return taken
    }
  }
}
