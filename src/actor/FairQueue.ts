/**
 * A bounded queue with lanes that take turns: a flood in one lane delays the others by no more than
 * a turn, and takes no seat that another lane has a right to.
 *
 * @module
 */

/** A bounded queue with lanes. Each lane is first in, first out; lanes take turns. */
export interface FairQueue<A> {
  /** Seats `item` in `lane`, where there is a seat for it, or another lane holds more than its share. */
  readonly offer: (lane: string, item: A) => Offered<A>
  /** The oldest of the lane whose turn it is; `undefined` when nobody waits. */
  readonly take: () => A | undefined
  /** Takes `item` out of `lane`; says whether it was there. */
  readonly remove: (lane: string, item: A) => boolean
  /** Takes out what is at the front of a lane for as long as `isDue` says so, in every lane. */
  readonly takeDue: (isDue: (item: A) => boolean) => ReadonlyArray<A>
  readonly size: () => number
  /** Takes out everything. */
  readonly clear: () => ReadonlyArray<A>
}

/** What became of an item that was offered. */
export type Offered<A> =
  | { readonly _tag: "In" }
  | { readonly _tag: "Full" }
  /** It is in, and the newest `item` of the longest lane, which held more than its share, is out. */
  | { readonly _tag: "Displaced"; readonly item: A }

/** Those who wait in one lane, oldest first. */
interface Lane<A> {
  readonly items: Array<A>
}

const isIn = { _tag: "In" } as const
const isFull = { _tag: "Full" } as const

/** So many lanes in which nobody waits are kept, for those who come back. */
const keptLanes = 64

/** An empty queue with `seats`. */
export const make = <A>(seats: number): FairQueue<A> => {
  /**
   * Also lanes in which nobody waits: were they entered and deleted with every item, the map would
   * be copied again and again (see `Slots`). They are swept out by the lot.
   */
  let lanes = new Map<string, Lane<A>>()
  /** The lanes in which somebody waits; the first has its turn. */
  let turns: Array<Lane<A>> = []
  let size = 0

  const enter = (name: string): Lane<A> => {
    if (lanes.size >= 2 * turns.length + keptLanes) {
      lanes = new Map(Array.from(lanes).filter(([, { items }]) => items.length > 0))
    }
    const lane: Lane<A> = { items: [] }
    lanes.set(name, lane)
    return lane
  }

  const seat = (lane: Lane<A>, item: A): void => {
    if (lane.items.length === 0) turns.push(lane)
    lane.items.push(item)
    size++
  }

  const leave = (lane: Lane<A>): void => {
    size--
    if (lane.items.length === 0) turns.splice(turns.indexOf(lane), 1)
  }

  /** The newest of the longest lane. */
  const displace = (): A | undefined => {
    const longest = turns.reduce((one, other) =>
      other.items.length > one.items.length ? other : one
    )
    const item = longest.items.pop()
    leave(longest)
    return item
  }

  return {
    offer: (name, item) => {
      const lane = lanes.get(name)
      if (size < seats) {
        seat(lane ?? enter(name), item)
        return isIn
      }
      const held = lane?.items.length ?? 0
      const share = Math.floor(seats / (held === 0 ? turns.length + 1 : turns.length))
      // Below its share there is a lane that holds at least two more, or they would displace each
      // other for ever.
      if (held >= share) return isFull
      const out = displace()
      seat(lane ?? enter(name), item)
      return out === undefined ? isIn : { _tag: "Displaced", item: out }
    },
    take: () => {
      const lane = turns.shift()
      if (lane === undefined) return undefined
      const item = lane.items.shift()
      size--
      if (lane.items.length > 0) turns.push(lane)
      return item
    },
    remove: (name, item) => {
      const lane = lanes.get(name)
      const at = lane ? lane.items.indexOf(item) : -1
      if (lane === undefined || at < 0) return false
      lane.items.splice(at, 1)
      leave(lane)
      return true
    },
    takeDue: (isDue) => {
      const due: Array<A> = []
      for (const { items } of turns) {
        const until = items.findIndex((item) => !isDue(item))
        for (const item of items.splice(0, until < 0 ? items.length : until)) due.push(item)
      }
      turns = turns.filter(({ items }) => items.length > 0)
      size -= due.length
      return due
    },
    size: () => size,
    clear: () => {
      const all = turns.flatMap(({ items }) => items)
      lanes = new Map()
      turns = []
      size = 0
      return all
    }
  }
}
