/**
 * What a gateway that died left open is closed, before anything is served.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { DatabaseSync, SQLOutputValue } from "node:sqlite"
import type { LedgerUnreadable } from "../errors.ts"
import * as statements from "../store/statements.ts"
import { type Taken, totalOf } from "./taken.ts"
import { makeTransact } from "../store/transact.ts"
import { unreadable } from "../store/unreadable.ts"

/** So many requests at a time: a gateway that dies again goes on from there. */
const chunk = 500

/**
 * Closes every open request as `crashed`, charged with what its calls say: what they had taken when
 * that was noted last, the prompt at least. Says how many there were.
 */
export const recover = (
  path: string,
  database: DatabaseSync
): Effect.Effect<number, LedgerUnreadable> =>
  Effect.suspend(() => {
    const transact = makeTransact(database)
    const open = database.prepare(statements.openPages)
    const crash = makeCrash(database)
    let recovered = 0
    while (true) {
      let found = 0
      const result = transact(() => {
        const pages = Map.groupBy(open.all(chunk), ({ page }) => page)
        found = pages.size
        crash(Array.from(pages.values()))
      })
      if (Result.isFailure(result)) return Effect.fail(unreadable(path, result.failure.cause))
      if (found === 0) return Effect.succeed(recovered)
      recovered += found
    }
  })

type Row = Record<string, SQLOutputValue>

const makeCrash = (database: DatabaseSync) => {
  const insertRequest = database.prepare(statements.insertRequest)
  const insertAttempt = database.prepare(statements.insertAttempt)
  const deleteOpen = database.prepare(statements.deleteOpen)
  const last = database.prepare(statements.lastRequest)

  return (pages: ReadonlyArray<ReadonlyArray<Row>>): void => {
    let seq = Number(last.get()?.["last"] ?? 0)
    for (const calls of pages) {
      const call = calls.at(-1)
      if (call === undefined) continue
      seq++
      const total = totalOf(calls.map(toTaken))
      // Nobody knows how long it took.
      insertRequest.run(
        seq,
        ...pick(call, opening),
        "crashed",
        ...pick(call, ["model", "provider"]),
        calls.length,
        total.promptTokens,
        total.completionTokens,
        total.cachedTokens,
        total.cacheWriteTokens,
        total.reasoningTokens,
        total.source,
        total.inputNanos,
        total.outputNanos,
        ...unknown(4 + onlyCall.length)
      )
      for (const one of calls) {
        insertAttempt.run(
          seq,
          ...pick(one, calling),
          "crashed",
          ...unknown(4),
          0,
          ...pick(one, charge)
        )
      }
      deleteOpen.run(...pick(call, ["page"]))
    }
  }
}

const { opening, calling, charge, onlyCall } = statements

const pick = (row: Row, columns: ReadonlyArray<string>): ReadonlyArray<SQLOutputValue> =>
  columns.map((column) => row[column] ?? null)

const unknown = (count: number): ReadonlyArray<null> => Array.from({ length: count }, () => null)

const money = (value: SQLOutputValue | undefined): number | null =>
  value === null || value === undefined ? null : Number(value)

const toTaken = (call: Row): Taken => ({
  promptTokens: Number(call["prompt_tokens"]),
  completionTokens: Number(call["completion_tokens"]),
  cachedTokens: Number(call["cached_tokens"]),
  cacheWriteTokens: Number(call["cache_write_tokens"]),
  reasoningTokens: Number(call["reasoning_tokens"]),
  source: String(call["source"]),
  inputNanos: money(call["input_nanos"]),
  outputNanos: money(call["output_nanos"])
})
