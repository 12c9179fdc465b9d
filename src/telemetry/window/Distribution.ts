/**
 * Distributions of values, kept small: how many fell into each of a row of buckets, each wider than
 * the last by the same factor.
 *
 * @module
 */
import type { ExponentialHistogram } from "@opentelemetry/sdk-metrics"

/** How values are distributed; none of them is negative. */
export interface Distribution {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  /** Values that are 0. */
  readonly zeros: number
  /** Bucket `i` holds values above `2^(i / 2^scale)`, up to where the next begins. */
  readonly scale: number
  /** Index and count of each bucket that is not empty, in turn, by index. */
  readonly buckets: Int32Array
}

/** Finer buckets than 2.2 % wide are not kept: the middle of one is 1.1 % off at most. */
const finest = 5

/** No value at all. */
export const empty: Distribution = {
  count: 0,
  sum: 0,
  min: Infinity,
  max: 0,
  zeros: 0,
  scale: finest,
  buckets: new Int32Array()
}

/** A histogram as OpenTelemetry tells it, its buckets made wider where they are finer than needed. */
export const fromHistogram = (
  { count, sum = 0, min = 0, max = Infinity, zeroCount, scale, positive }: ExponentialHistogram
): Distribution => {
  const shift = Math.max(0, scale - finest)
  const pairs: Array<number> = []
  positive.bucketCounts.forEach((many, at) => {
    if (many === 0) return
    // Two neighbours are one at the next coarser scale, the lower of them even.
    const index = (positive.offset + at) >> shift
    if (pairs.at(-2) === index) pairs.push((pairs.pop() ?? 0) + many)
    else pairs.push(index, many)
  })
  return {
    count,
    sum,
    min,
    max,
    zeros: zeroCount,
    scale: scale - shift,
    buckets: Int32Array.from(pairs)
  }
}

/** All values together. It is exact: where scales differ, finer buckets are put together. */
export const merge = (all: ReadonlyArray<Distribution>): Distribution => {
  const [first = empty] = all
  if (all.length < 2) return first
  let [count, sum, min, max, zeros] = [0, 0, Infinity, 0, 0]
  let scale = finest
  for (const one of all) {
    count += one.count
    sum += one.sum
    zeros += one.zeros
    min = Math.min(min, one.min)
    max = Math.max(max, one.max)
    scale = Math.min(scale, one.scale)
  }
  let [lowest, highest] = [Infinity, -Infinity]
  for (const { buckets, scale: own } of all) {
    if (buckets.length === 0) continue
    lowest = Math.min(lowest, at(buckets, 0) >> (own - scale))
    highest = Math.max(highest, at(buckets, buckets.length - 2) >> (own - scale))
  }
  const counts = new Float64Array(Math.max(0, highest - lowest + 1))
  for (const { buckets, scale: own } of all) {
    for (let i = 0; i < buckets.length; i += 2) {
      const index = (at(buckets, i) >> (own - scale)) - lowest
      counts[index] = (counts[index] ?? 0) + at(buckets, i + 1)
    }
  }
  const pairs: Array<number> = []
  counts.forEach((many, index) => {
    if (many > 0) pairs.push(lowest + index, many)
  })
  return { count, sum, min, max, zeros, scale, buckets: Int32Array.from(pairs) }
}

/**
 * The value that a share of all values, from 0 to 1, does not exceed (nearest rank); `undefined`
 * where there are none.
 */
export const quantile = (
  { count, min, max, zeros, scale, buckets }: Distribution,
  share: number
): number | undefined => {
  if (count === 0) return undefined
  const rank = Math.min(count, Math.max(1, Math.ceil(share * count)))
  if (rank === count) return max
  if (rank <= zeros) return 0
  let seen = zeros
  for (let i = 0; i < buckets.length; i += 2) {
    seen += at(buckets, i + 1)
    if (seen < rank) continue
    // In a bucket nothing is known but its bounds: the middle, by ratio, is equally far from both.
    const middle = 2 ** ((at(buckets, i) + 0.5) / 2 ** scale)
    return Math.min(max, Math.max(min, middle))
  }
  return max
}

/** The mean of all values; `undefined` where there are none. */
export const mean = ({ count, sum }: Distribution): number | undefined =>
  count === 0 ? undefined : sum / count

const at = (numbers: Int32Array, index: number): number => numbers[index] ?? 0
