/**
 * How many requests for an answer are under way: in all, and of one caller.
 *
 * @module
 */

/** Places for requests, of which one caller holds at most half. */
export interface Gate {
  /** Takes a place for `caller`; whether there was one. */
  readonly enter: (caller: string) => boolean
  /** Gives back one that `caller` took. */
  readonly leave: (caller: string) => void
}

/** With more callers than this, those who hold no place are forgotten. */
const manyCallers = 1000

/** A gate with `places`. */
export const make = (places: number): Gate => {
  /** So that whoever floods us, or only begins requests, leaves room for others. */
  const mostOfOne = Math.ceil(places / 2)
  // Entries stay for the next request: a map that changes with each request is dear, see `Slots`.
  const held = new Map<string, { places: number }>()
  let taken = 0
  return {
    enter: (caller) => {
      if (taken >= places) return false
      let own = held.get(caller)
      if (!own) held.set(caller, own = { places: 0 })
      if (own.places >= mostOfOne) return false
      own.places++
      taken++
      return true
    },
    leave: (caller) => {
      const own = held.get(caller)
      if (!own) return
      own.places--
      taken--
      if (own.places === 0 && held.size > manyCallers) held.delete(caller)
    }
  }
}
