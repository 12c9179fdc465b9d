/**
 * What the writer knows of a request while it is under way, and what it is given to write of it.
 *
 * @module
 */
import type * as Effect from "effect/Effect"
import type { Asked, Charge, Opened, Settled } from "../Entry.ts"
import type { LedgerUnavailable } from "../errors.ts"

/** A request between its opening and its end. */
export interface Leaf {
  readonly opened: Opened
  /** The number of its page; absent as long as nothing was written of it. */
  page: number | undefined
  /** Whether its end was told: after that nothing more is taken. */
  closed: boolean
  /** What calls have taken so far, by their numbers, where that is not written yet. */
  readonly charges: Map<number, Charge | undefined>
}

/** A request that comes in. */
export const makeLeaf = (opened: Opened): Leaf => ({
  opened,
  page: undefined,
  closed: false,
  charges: new Map()
})

/** Something to write. */
export type Entry = AskEntry | SettleEntry | ChargeEntry

/** A call that is about to be made. */
export interface AskEntry {
  readonly kind: "ask"
  readonly leaf: Leaf
  readonly asked: Asked
  /** Whom to tell that it is durable. */
  readonly done: (result: Effect.Effect<void, LedgerUnavailable>) => void
}

/** The end of a request. */
export interface SettleEntry {
  readonly kind: "settle"
  readonly leaf: Leaf
  readonly settled: Settled
  /** Whom to tell that it is durable; nobody where the one who waited has left. */
  done: ((result: Effect.Effect<void>) => void) | undefined
}

/** What a call has taken so far; absent where it is over, and is charged with nothing. */
export interface ChargeEntry {
  readonly kind: "charge"
  readonly leaf: Leaf
  readonly number: number
  readonly charge: Charge | undefined
}
