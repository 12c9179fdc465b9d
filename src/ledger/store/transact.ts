/**
 * One transaction, and what can go wrong with it.
 *
 * @module
 */
import * as Result from "effect/Result"
import type { DatabaseSync } from "node:sqlite"
import { resultCode } from "./sqliteError.ts"

/** Why a transaction was taken back. */
export interface Fault {
  /**
   * - `locked`: another program writes
   * - `full`, `failed`: the disk, or the system; it may be well again later
   * - `broken`: the file is damaged
   * - `poisoned`: something that was to be written cannot be, now or ever
   * - `defect`: the connection cannot be used any more, which is a bug
   */
  readonly why: "locked" | "full" | "failed" | "broken" | "poisoned" | "defect"
  readonly cause: unknown
}

/** Does some work as a whole or not at all. */
export type Transact = (work: () => void) => Result.Result<void, Fault>

/** Transactions of `database`. */
export const makeTransact = (database: DatabaseSync): Transact => {
  const begin = database.prepare("BEGIN IMMEDIATE")
  const commit = database.prepare("COMMIT")
  const rollback = database.prepare("ROLLBACK")
  return (work) => {
    let isWorking = false
    const result = Result.try({
      try: () => {
        begin.run()
        isWorking = true
        work()
        isWorking = false
        commit.run()
      },
      catch: (cause): Fault => ({ why: reason(resultCode(cause), isWorking), cause })
    })
    // Some faults have taken it back already.
    if (Result.isFailure(result) && database.isOpen && database.isTransaction) rollback.run()
    return result
  }
}

/** A constraint, a type, a size: all of SQLite's that what is written is to blame for. */
const poisonous = new Set([18, 19, 20, 25])

const reason = (code: number | undefined, isWorking: boolean): Fault["why"] => {
  switch (code) {
    case 5:
    case 6:
      return "locked"
    case 11:
    case 26:
      return "broken"
    case 13:
      return "full"
    case undefined:
      return isWorking ? "poisoned" : "defect"
    default:
      return isWorking && poisonous.has(code) ? "poisoned" : "failed"
  }
}
