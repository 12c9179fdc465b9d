/**
 * What waits to be written: entries in the order in which they came, and the latest of what calls
 * have taken.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { Charge } from "../Entry.ts"
import { LedgerUnavailable } from "../errors.ts"
import type { AskEntry, ChargeEntry, Entry, Leaf, SettleEntry } from "./Leaf.ts"

/** How much may wait. */
export interface BacklogSize {
  /** Calls that wait to be noted; more fail at once. Default: 10,000. */
  readonly asks?: number | undefined
  /** Ends that wait to be written; more are lost. Default: 100,000. */
  readonly settles?: number | undefined
}

/** What waits to be written. */
export interface Backlog {
  /** Whether there was room; where there was none, an end is lost. */
  readonly add: (entry: AskEntry | SettleEntry) => boolean
  readonly checkpoint: (leaf: Leaf, number: number, charge: Charge | undefined) => void
  /** Takes back a call that nobody waits for any more. */
  readonly cancel: (entry: AskEntry) => void
  /** The oldest, `most` at most; they stay until `wrote` is told. */
  readonly next: (most: number) => ReadonlyArray<Entry>
  /** These are durable: nothing of them waits any more. */
  readonly wrote: (entries: ReadonlyArray<Entry>) => void
  /** This cannot be written, now or ever. */
  readonly refuse: (entry: Entry) => void
  /** Fails the calls that wait, and has nobody wait for ends, which are kept. */
  readonly release: (why: LedgerUnavailable["why"]) => void
  /** Loses everything. */
  readonly drop: () => void
  /** Ends that were lost since the start. */
  readonly lost: () => number
  readonly size: () => number
  /** Whether anything waits that somebody waits for, or that must be written soon. */
  readonly isUrgent: () => boolean
}

/** Nothing waits yet. */
export const makeBacklog = ({ asks = 10_000, settles = 100_000 }: BacklogSize = {}): Backlog => {
  /** Oldest first. No set: its old tables would hold what was written (decision 0014). */
  let entries: Array<AskEntry | SettleEntry> = []
  const charged = new Set<Leaf>()
  let asking = 0
  let lost = 0

  const discharge = ({ leaf, number, charge }: ChargeEntry): void => {
    // A later one may have come since.
    if (leaf.charges.get(number) === charge) leaf.charges.delete(number)
    if (leaf.charges.size === 0) charged.delete(leaf)
  }

  const remove = (entry: AskEntry | SettleEntry): void => {
    const at = entries.indexOf(entry)
    if (at < 0) return
    entries.splice(at, 1)
    if (entry.kind === "ask") asking--
  }

  /** Removes what is oldest, all at once; of `batch` only somebody who has left may be missing. */
  const removeOldest = (batch: ReadonlyArray<Entry>): void => {
    let count = 0
    for (const entry of batch) {
      if (entry.kind === "charge") discharge(entry)
      else if (entries[count] === entry) {
        count++
        if (entry.kind === "ask") asking--
      }
    }
    if (count < entries.length) entries.splice(0, count)
    else entries = []
  }

  const tell = (entry: Entry, failure?: Effect.Effect<never, LedgerUnavailable>): void => {
    if (entry.kind === "ask") entry.done(failure ?? Effect.void)
    else if (entry.kind === "settle") {
      const { done } = entry
      entry.done = undefined
      done?.(Effect.void)
    }
  }

  return {
    add: (entry) => {
      const isAsk = entry.kind === "ask"
      if (isAsk ? asking >= asks : entries.length - asking >= settles) {
        if (!isAsk) lost++
        return false
      }
      if (isAsk) asking++
      else if (entry.leaf.charges.size > 0) {
        // Its end says all that it took.
        entry.leaf.charges.clear()
        charged.delete(entry.leaf)
      }
      entries.push(entry)
      return true
    },
    checkpoint: (leaf, number, charge) => {
      leaf.charges.set(number, charge)
      charged.add(leaf)
    },
    cancel: remove,
    next: (most) => {
      const batch: Array<Entry> = []
      for (const leaf of charged) {
        if (batch.length >= most) return batch
        for (const [number, charge] of leaf.charges) {
          batch.push({ kind: "charge", leaf, number, charge })
        }
      }
      for (const entry of entries) {
        if (batch.length >= most) break
        batch.push(entry)
      }
      return batch
    },
    wrote: (batch) => {
      removeOldest(batch)
      // Only now: who goes on may come back with more at once.
      for (const entry of batch) tell(entry)
    },
    refuse: (entry) => {
      if (entry.kind === "settle") lost++
      if (entry.kind === "charge") discharge(entry)
      else remove(entry)
      tell(entry, unavailable("failed"))
    },
    release: (why) => {
      const failure = unavailable(why)
      const all = entries
      entries = all.filter(({ kind }) => kind === "settle")
      asking = 0
      for (const entry of all) tell(entry, failure)
    },
    drop: () => {
      lost += entries.length - asking
      entries = []
      for (const leaf of charged) leaf.charges.clear()
      charged.clear()
      asking = 0
    },
    lost: () => lost,
    size: () => entries.length + charged.size,
    isUrgent: () => entries.length > 0
  }
}

const unavailable = (why: LedgerUnavailable["why"]) => Effect.fail(new LedgerUnavailable({ why }))
