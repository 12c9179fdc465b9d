/**
 * Writing what waits, as much as goes into one transaction.
 *
 * @module
 */
import * as Result from "effect/Result"
import type { DatabaseSync } from "node:sqlite"
import type { Backlog } from "./Backlog.ts"
import type { Entry } from "./Leaf.ts"
import { makePen } from "./Pen.ts"
import { type Fault, makeTransact } from "../store/transact.ts"

/** Writes what waits. */
export interface Scribe {
  /**
   * Writes the oldest of what waits; after a fault all of it still waits. What cannot be written, now
   * or ever, is left out, and the last reason is told.
   */
  readonly write: () => Result.Result<Refusal | undefined, Fault>
  /** Whether the store can be written, where nothing waits. */
  readonly probe: () => Fault | undefined
  /** So many requests are written that are not in the sums yet. */
  readonly unsummed: () => number
  /** Adds them to the sums. */
  readonly sum: () => Fault | undefined
}

/** Why something cannot be written, now or ever. */
export interface Refusal {
  readonly cause: unknown
}

/** More would hold up everybody else for too long. */
const mostAtOnce = 512

/** Writes what waits in `backlog` into `database`. */
export const makeScribe = (database: DatabaseSync, backlog: Backlog): Scribe => {
  const transact = makeTransact(database)
  const pen = makePen(database)
  // Writes a page, and changes nothing.
  const touch = database.prepare("PRAGMA user_version = 1")

  const commit = (entries: ReadonlyArray<Entry>): Result.Result<void, Fault> => {
    const result = transact(() => {
      for (const entry of entries) pen.write(entry)
    })
    if (Result.isFailure(result)) pen.forget()
    else {
      pen.keep()
      backlog.wrote(entries)
    }
    return result
  }

  /** One by one, so that one that cannot be written holds up no other. */
  const isolate = (entries: ReadonlyArray<Entry>): Result.Result<Refusal | undefined, Fault> => {
    let refusal: Refusal | undefined
    for (const entry of entries) {
      const result = commit([entry])
      if (Result.isSuccess(result)) continue
      if (result.failure.why !== "poisoned") return Result.fail(result.failure)
      refusal = result.failure
      backlog.refuse(entry)
    }
    return Result.succeed(refusal)
  }

  return {
    write: () => {
      const entries = backlog.next(mostAtOnce)
      if (entries.length === 0) return Result.succeed(undefined)
      const result = commit(entries)
      if (Result.isSuccess(result)) return Result.succeed(undefined)
      return result.failure.why === "poisoned" ? isolate(entries) : Result.fail(result.failure)
    },
    probe: () => {
      const result = transact(() => touch.run())
      return Result.isFailure(result) ? result.failure : undefined
    },
    unsummed: pen.sums.waiting,
    sum: () => {
      const result = transact(pen.sums.write)
      if (Result.isFailure(result)) return result.failure
      pen.sums.wrote()
    }
  }
}
