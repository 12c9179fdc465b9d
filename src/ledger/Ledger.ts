/**
 * The books: one durable row for each request, one for each call to a provider.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { Supervisor } from "../actor/Supervisor.ts"
import type { Asked, Charge, Opened, Settled } from "./Entry.ts"
import type { LedgerUnavailable, LedgerUnreadable } from "./errors.ts"
import { makeLedger } from "./writing/makeLedger.ts"
import type { Durability, StoreOptions } from "./store/Store.ts"

/** The page of one request in the books. */
export interface Page {
  /**
   * Notes a call that is about to be made; it is durable, and so is its request, when this returns.
   * Fails where the books cannot be written now: then nothing was noted.
   */
  readonly ask: (asked: Asked) => Effect.Effect<void, LedgerUnavailable>
  /**
   * Notes what a call has taken so far, for the case that the gateway dies; absent where it is over,
   * and is charged with nothing. It is durable soon, and no later than the next call.
   */
  readonly checkpoint: (number: number, charge: Charge | undefined) => void
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
}>()("penstock/ledger/Ledger") {
  /** The books in the file `ledger.db` of a folder, which one process has for itself. */
  static readonly layer = (options: {
    readonly dataDir: string
    /** What a settled request must outlive. Default: `process`. */
    readonly durability?: Durability | undefined
  }): Layer.Layer<Ledger | SqlClient.SqlClient, LedgerUnreadable, Supervisor> => layer(options)

  /** Books that are forgotten with the process. */
  static readonly layerMemory: Layer.Layer<Ledger | SqlClient.SqlClient, never, Supervisor> = Layer
    .suspend(() => Layer.orDie(layer({ dataDir: undefined })))
}

/** The `SqlClient` is for reading: see `Store.ts`. */
const layer = (options: StoreOptions) =>
  Layer.effectContext(
    Effect.map(makeLedger(options), ({ ledger, reader }) =>
      Context.make(Ledger, Ledger.of(ledger)).pipe(
        Context.add(SqlClient.SqlClient, reader)
      ))
  )
