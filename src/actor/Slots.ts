/**
 * A register of what comes and goes with every request.
 *
 * Not a `Set`: one that lives long and changes all the time is copied again and again, and each old
 * copy keeps what was in it alive until the next full collection. Measured, that was a fifth of all
 * that was allocated, and a third of the cost of a request.
 *
 * @module
 */

/** A register; the order of what is in it means nothing. */
export interface Slots<A> extends Iterable<A> {
  /** Enters `item`, and gives its slot. */
  readonly add: (item: A) => number
  /** Takes `item` out of its slot; nothing happens when it is not there any more. */
  readonly remove: (slot: number, item: A) => boolean
  readonly size: () => number
}

/** An empty register. */
export const make = <A extends object>(): Slots<A> => {
  const slots: Array<A | undefined> = []
  const free: Array<number> = []
  return {
    add: (item) => {
      const slot = free.pop() ?? slots.length
      slots[slot] = item
      return slot
    },
    remove: (slot, item) => {
      if (slots[slot] !== item) return false
      slots[slot] = undefined
      free.push(slot)
      return true
    },
    size: () => slots.length - free.length,
    *[Symbol.iterator]() {
      for (const item of slots) if (item) yield item
    }
  }
}
