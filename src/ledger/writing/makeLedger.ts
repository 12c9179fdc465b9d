/**
 * The books over their store: opened, what a dead gateway left behind closed, and a writer started.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import type { DatabaseSync } from "node:sqlite"
import { Supervisor } from "../../actor/Supervisor.ts"
import type { BacklogSize } from "./Backlog.ts"
import { catchUp } from "./catchUp.ts"
import type { Asked, Opened, Settled } from "../Entry.ts"
import { LedgerUnavailable, type LedgerUnreadable } from "../errors.ts"
import type { Ledger, Page } from "../Ledger.ts"
import { type AskEntry, makeLeaf, type SettleEntry } from "./Leaf.ts"
import { recover } from "./recover.ts"
import { openStore, type StoreOptions } from "../store/Store.ts"
import { makeWriter, type Writer } from "./Writer.ts"

/** What the books give to others: to write in, and to read. */
export interface Books {
  readonly ledger: Context.Service.Shape<typeof Ledger>
  readonly reader: SqlClient.SqlClient
}

/** The books, for as long as the scope is open; what waits then is written before they close. */
export const makeLedger = Effect.fn("Ledger.make")(
  function* (
    options: StoreOptions
  ): Effect.fn.Return<Books, LedgerUnreadable, Scope.Scope | Supervisor> {
    const { path, database, reader } = yield* openStore(options)
    const recovered = yield* recover(path, database)
    if (recovered > 0) {
      yield* Effect.logWarning(
        `The ledger had ${recovered} open requests of a gateway that died: they are closed as crashed`
      )
    }
    yield* catchUp(path, database)
    return { ledger: yield* writeIn(database, { recovered }), reader }
  }
)

/** A ledger that is written into `database`, in which `recovered` requests were closed. */
export const writeIn = Effect.fnUntraced(function* (
  database: DatabaseSync,
  { recovered, size }: { readonly recovered: number; readonly size?: BacklogSize }
): Effect.fn.Return<Books["ledger"], never, Scope.Scope | Supervisor> {
  const supervisor = yield* Supervisor
  const writer = makeWriter(database, size)
  // After the actor: finalizers run in the opposite order.
  yield* Effect.addFinalizer(() => writer.close)
  yield* supervisor.start(
    "ledger/writer",
    () => writer.live,
    { mailbox: 1, concurrency: 1, waiting: 1 }
  )
  return {
    open: (opened) => makePage(writer, opened),
    state: () => {
      const { backlog, vitals: { state, failures } } = writer
      return {
        state: state === "closed" ? "open" : state,
        waiting: backlog.size(),
        failures,
        recovered,
        lost: backlog.lost()
      }
    }
  }
})

const makePage = ({ backlog, rouse, remind, vitals }: Writer, opened: Opened): Page => {
  const leaf = makeLeaf(opened)

  const ask = (asked: Asked) =>
    Effect.callback<void, LedgerUnavailable>((resume) => {
      if (leaf.closed || vitals.state !== "open") {
        return resume(Effect.fail(new LedgerUnavailable({ why: vitals.why })))
      }
      const entry: AskEntry = { kind: "ask", leaf, asked, done: resume }
      if (!backlog.add(entry)) {
        return resume(Effect.fail(new LedgerUnavailable({ why: "crowded" })))
      }
      rouse()
      return Effect.sync(() => backlog.cancel(entry))
    })

  const settle = (settled: Settled) =>
    Effect.callback<void>((resume) => {
      if (leaf.closed) return resume(Effect.void)
      leaf.closed = true
      const entry: SettleEntry = { kind: "settle", leaf, settled, done: resume }
      const isKept = backlog.add(entry)
      if (vitals.state === "broken" || vitals.state === "closed") backlog.drop()
      // It is written when the store is well again.
      if (!isKept || vitals.state !== "open") {
        entry.done = undefined
        return resume(Effect.void)
      }
      rouse()
      return Effect.sync(() => {
        entry.done = undefined
      })
    })

  return {
    ask,
    checkpoint: (number, charge) => {
      if (leaf.closed || vitals.state === "broken" || vitals.state === "closed") return
      backlog.checkpoint(leaf, number, charge)
      remind()
    },
    settle
  }
}
