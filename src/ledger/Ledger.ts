/**
 * The books: one durable row for each request, one for each call to a provider.
 *
 * @module
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Asked, Charge, Opened, Settled } from "./Entry.ts"
import type { LedgerUnavailable } from "./errors.ts"

/** The page of one request in the books. */
export interface Page {
  /**
   * Notes a call that is about to be made; it is durable, and so is its request, when this returns.
   * Fails where the books cannot be written now: then nothing was noted.
   */
  readonly ask: (asked: Asked) => Effect.Effect<void, LedgerUnavailable>
  /** Notes what a call has taken so far, for the case that the gateway dies. It is durable soon. */
  readonly checkpoint: (number: number, charge: Charge) => void
  /**
   * Closes the page, once: the second time nothing happens. It is durable when this returns; where
   * the books cannot be written now it is kept in memory, and written when they can.
   */
  readonly settle: (settled: Settled) => Effect.Effect<void>
}

/** How the books are. */
export interface LedgerState {
  /**
   * `open`: all is well; `behind`: they could not be written the last time, and are tried again;
   * `broken`: they are damaged, and are only read.
   */
  readonly state: "open" | "behind" | "broken"
  /** What is not written yet: entries that wait for the writer, or for the store to be well again. */
  readonly waiting: number
  /** How often writing failed since the start. */
  readonly failures: number
  /** Requests that were open when the gateway died the last time, and were closed at this start. */
  readonly recovered: number
  /** Entries that were lost since there were too many to keep in memory. */
  readonly lost: number
}

/** The books. */
export class Ledger extends Context.Service<Ledger, {
  /** The page of a request that comes in; nothing is written before its first call. */
  readonly open: (opened: Opened) => Page
  readonly state: () => LedgerState
}>()("penstock/ledger/Ledger") {}
