/**
 * Counts how much was used over the last minute, at any moment and not only from one full minute to
 * the next.
 *
 * The minute is cut into slices, and an amount is forgotten with its slice, once all of the slice is
 * older than a minute. So an amount counts up to one slice longer than it had to, and never shorter.
 *
 * @module
 */

/** Any stretch of time of this length is held to the limit, in milliseconds. */
export const windowMs = 60_000

/** How finely time is cut, in milliseconds. */
export const sliceMs = 500

/** After so many milliseconds an amount is forgotten, at the latest. */
export const longestMs = windowMs + sliceMs

/**
 * A count of whole amounts over the last minute. Time is in milliseconds, and monotonic from 0 on: where
 * it goes back all the same, it stands still.
 */
export interface SlidingWindow {
  readonly used: (now: number) => number
  /** Counts `amount`, whether or not there is room, and gives the slice that it is in. */
  readonly add: (now: number, amount: number) => number
  /**
   * Gives back `-delta` of what was added to `slice`, unless that is forgotten; or counts `delta` more
   * from now on.
   */
  readonly correct: (now: number, slice: number, delta: number) => void
  /** In how many milliseconds `amount` fits: 0 where it does now, infinity where it never does. */
  readonly roomAfterMs: (now: number, limit: number, amount: number) => number
  /** In how many milliseconds all is forgotten: 0 where it is now. */
  readonly emptyAfterMs: (now: number) => number
}

/** The slices of a window, and the one that is being filled. */
const kept = longestMs / sliceMs

/** An empty count. */
export const make = (): SlidingWindow => {
  /** A slice stands at its number modulo `kept`. */
  const amounts = new Float64Array(kept)
  let total = 0
  let newest = 0

  const amountOf = (slice: number): number => amounts[slice % kept] ?? 0

  const put = (slice: number, amount: number): void => {
    amounts[slice % kept] = amountOf(slice) + amount
    total += amount
  }

  const forgottenAt = (slice: number): number => slice * sliceMs + longestMs

  const moveTo = (now: number): void => {
    const slice = Math.floor(now / sliceMs)
    if (slice - newest >= kept) {
      if (total !== 0) amounts.fill(0)
      total = 0
      newest = slice
    }
    while (newest < slice) {
      newest++
      // What stands in its place is as old as the ring is long.
      put(newest, -amountOf(newest))
    }
  }

  return {
    used: (now) => {
      moveTo(now)
      return total
    },
    add: (now, amount) => {
      moveTo(now)
      put(newest, amount)
      return newest
    },
    correct: (now, slice, delta) => {
      moveTo(now)
      if (delta > 0) put(newest, delta)
      else if (slice > newest - kept) put(slice, delta)
    },
    roomAfterMs: (now, limit, amount) => {
      if (amount > limit) return Infinity
      moveTo(now)
      let over = total + amount - limit
      if (over <= 0) return 0
      let slice = newest - kept
      while (over > 0 && slice < newest) over -= amountOf(++slice)
      return forgottenAt(slice) - now
    },
    emptyAfterMs: (now) => {
      moveTo(now)
      if (total === 0) return 0
      let slice = newest
      while (amountOf(slice) === 0 && slice > newest - kept) slice--
      return forgottenAt(slice) - now
    }
  }
}
