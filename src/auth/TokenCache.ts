/**
 * Tokens that were found good a moment ago: checking a signature takes half a millisecond.
 *
 * @module
 */

/** Remembers the value of at most so many keys, each until its time; the longest unused goes first. */
export interface TokenCache<A> {
  /** `now` in milliseconds. */
  readonly get: (key: string, now: number) => A | undefined
  /** Remembers while the time is before `until`, in milliseconds. */
  readonly set: (key: string, value: A, until: number) => void
}

/** An empty cache for `capacity` tokens. */
export const make = <A>(capacity: number): TokenCache<A> => {
  const entries = new Map<string, { readonly value: A; readonly until: number }>()
  return {
    get: (key, now) => {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key)
      if (now >= entry.until) return undefined
      entries.set(key, entry)
      return entry.value
    },
    set: (key, value, until) => {
      entries.delete(key)
      if (entries.size >= capacity) {
        for (const oldest of entries.keys()) {
          entries.delete(oldest)
          break
        }
      }
      entries.set(key, { value, until })
    }
  }
}
