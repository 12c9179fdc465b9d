/**
 * Distributions of values, kept small: how many fell into each of a row of buckets, each wider than
 * the last by the same factor. They are OpenTelemetry's exponential histograms of scale 5.
 *
 * @module
 */

/** How values are distributed; none of them is negative. */
export interface Distribution {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  /** Values that are 0. */
  readonly zeros: number
  /**
   * Index and count of each bucket that is not empty, in turn, by index. Bucket `i` holds values above
   * `2^(i / 32)`, up to `2^((i + 1) / 32)`, which belongs to it.
   */
  readonly buckets: Int32Array
}

/** So many buckets from one power of two to the next: each is 2.2 % wide, its middle 1.1 % off at most. */
export const perDoubling = 32

/** A quarter of a nanosecond, and 500 years in seconds: whatever is beyond is in the outermost bucket. */
const [lowest, highest] = [-32 * perDoubling, 34 * perDoubling - 1]

/** The bucket of a value that is more than 0. */
export const bucketOf = (value: number): number =>
  Math.min(highest, Math.max(lowest, Math.ceil(Math.log2(value) * perDoubling) - 1))

/** No value at all. */
export const empty: Distribution = {
  count: 0,
  sum: 0,
  min: Infinity,
  max: 0,
  zeros: 0,
  buckets: new Int32Array()
}

/** All values together. It is exact. */
export const merge = (all: ReadonlyArray<Distribution>): Distribution => {
  const [first = empty] = all
  if (all.length < 2) return first
  let [count, sum, min, max, zeros] = [0, 0, Infinity, 0, 0]
  let [from, to] = [Infinity, -Infinity]
  for (const one of all) {
    count += one.count
    sum += one.sum
    zeros += one.zeros
    min = Math.min(min, one.min)
    max = Math.max(max, one.max)
    if (one.buckets.length === 0) continue
    from = Math.min(from, at(one.buckets, 0))
    to = Math.max(to, at(one.buckets, one.buckets.length - 2))
  }
  const counts = new Float64Array(Math.max(0, to - from + 1))
  for (const { buckets } of all) {
    for (let i = 0; i < buckets.length; i += 2) {
      const index = at(buckets, i) - from
      counts[index] = (counts[index] ?? 0) + at(buckets, i + 1)
    }
  }
  const pairs: Array<number> = []
  counts.forEach((many, index) => {
    if (many > 0) pairs.push(from + index, many)
  })
  return { count, sum, min, max, zeros, buckets: Int32Array.from(pairs) }
}

/**
 * The value that a share of all values, from 0 to 1, does not exceed (nearest rank); `undefined`
 * where there are none.
 */
export const quantile = (
  { count, min, max, zeros, buckets }: Distribution,
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
    const middle = 2 ** ((at(buckets, i) + 0.5) / perDoubling)
    return Math.min(max, Math.max(min, middle))
  }
  return max
}

/** The mean of all values; `undefined` where there are none. */
export const mean = ({ count, sum }: Distribution): number | undefined =>
  count === 0 ? undefined : sum / count

const at = (numbers: Int32Array, index: number): number => numbers[index] ?? 0
