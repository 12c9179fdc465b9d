/**
 * What a gateway that died had not added to the sums is added, before anything is served.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { DatabaseSync, SQLOutputValue } from "node:sqlite"
import type { LedgerUnreadable } from "../errors.ts"
import { recentRows } from "../store/recent.ts"
import { sums } from "../store/schema.ts"
import { makeTransact } from "../store/transact.ts"
import { unreadable } from "../store/unreadable.ts"
import { type Counted, makeRollup } from "./Rollup.ts"

/** So many rows at a time: a gateway that dies again goes on from there. */
const chunk = 1000

/** Adds every row to the sums that is not in them yet. */
export const catchUp = (
  path: string,
  database: DatabaseSync
): Effect.Effect<void, LedgerUnreadable> =>
  Effect.suspend(() => {
    const transact = makeTransact(database)
    const rollup = makeRollup(database)
    const recent = database.prepare(`${recentRows} ORDER BY seq LIMIT ${chunk}`)
    // A number that no double holds is an error otherwise.
    recent.setReadBigInts(true)
    while (true) {
      const result = transact(() => {
        for (const row of recent.all()) rollup.add(toCounted(row))
        if (rollup.waiting() > 0) rollup.write()
      })
      if (Result.isFailure(result)) return Effect.fail(unreadable(path, result.failure.cause))
      if (rollup.waiting() === 0) return Effect.void
      rollup.wrote()
    }
  })

const toCounted = (row: Record<string, SQLOutputValue>): Counted => ({
  seq: Number(row["seq"]),
  day: Number(row["day"]),
  caller: String(row["caller"]),
  model: String(row["model"]),
  provider: String(row["provider"]),
  numbers: sums.map((sum) => Number(row[sum]))
})
