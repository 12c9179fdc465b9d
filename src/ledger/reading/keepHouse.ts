/**
 * Keeping the books small: days that are over are written into files, and old rows are deleted. The
 * sums stay for ever.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { Supervisor } from "../../actor/Supervisor.ts"
import { dateOf, dayOf } from "../calendar.ts"
import { type CannotExport, type Due, exportDay } from "./exportDay.ts"
import { daySpans } from "../store/recent.ts"

/** What is kept, and what is written. */
export interface HouseOptions {
  /** Rows are deleted once their day is longer ago than this. Default: they are kept for ever. */
  readonly retentionDays?: number | undefined
  /** Whether each day that is over is written into a file; nothing is deleted before it is. */
  readonly exportDays: boolean
  /** Where `export/requests-YYYY-MM-DD.ndjson` is written. */
  readonly dataDir: string
}

/** An actor that looks after the books at the start and every hour; none where it has nothing to do. */
export const layer = (
  options: HouseOptions
): Layer.Layer<never, never, Supervisor | SqlClient.SqlClient> =>
  !options.exportDays && options.retentionDays === undefined
    ? Layer.empty
    : Layer.effectDiscard(Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const supervisor = yield* Supervisor
      const round = keepHouse(sql, options).pipe(
        Effect.as(3_600_000),
        // A lock, a full disk: it passes, or whoever reads the log sees to it.
        Effect.catch(({ message }) =>
          Effect.as(Effect.logWarning(`The books are not looked after: ${message}`), 60_000)
        )
      )
      yield* supervisor.start(
        "ledger/house",
        () => Effect.forever(Effect.flatMap(round, Effect.sleep)),
        { mailbox: 1, concurrency: 1, waiting: 1 }
      )
    }))

/** One round: writes every day that is due, and deletes every row that is, oldest first. */
export const keepHouse = Effect.fn("keepHouse")(
  function* (
    sql: SqlClient.SqlClient,
    { retentionDays, exportDays, dataDir }: HouseOptions
  ): Effect.fn.Return<void, SqlError | CannotExport> {
    const now = yield* Clock.currentTimeMillis
    if (exportDays) {
      // A request that came right before midnight may be written down a little later.
      const due = yield* sql.unsafe<Due>(dueDays, [dayOf(now - graceMs) - 1])
      for (const one of due) {
        yield* exportDay(sql, `${dataDir}/export`, one)
        yield* Effect.logInfo(`The requests of ${dateOf(one.day)} are exported`)
      }
    }
    if (retentionDays !== undefined) {
      yield* deleteUpTo(sql, dayOf(now) - retentionDays - 1, exportDays)
    }
  }
)

const graceMs = 600_000

const exportedOf = (there: string) =>
  `coalesce((SELECT exports.last FROM exports WHERE exports.day = ${there}.day), 0)`

/** Days up to a given one with rows that are in no file, and with no request that is under way. */
const dueDays = `SELECT day, last, ${exportedOf("due")} AS exported FROM (${daySpans}) due
  WHERE day <= ? AND last > exported AND NOT EXISTS (SELECT 1 FROM open WHERE open.day = due.day)
  ORDER BY day`

/**
 * Days up to a given one, and between which rows they may be deleted: only what is in the sums; where the
 * second parameter is 1, only what is in a file too.
 */
const oldDays = `SELECT day, first, iif(?2 = 1, min(last, ${exportedOf("old")}), last) AS last
  FROM spans old WHERE day <= ?1 ORDER BY day`

const deleteUpTo = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  lastDay: number,
  onlyExported: boolean
) {
  const days = yield* sql.unsafe<Old>(oldDays, [lastDay, onlyExported ? 1 : 0])
  for (const { day, first, last } of days) {
    let deleted = 0
    let from = first
    while (true) {
      const [chunk] = yield* sql.unsafe<Chunk>(nextChunk, [day, from, last])
      if (chunk === undefined || chunk.last === null) break
      // The calls first: should it end here, their request is still there to be found again.
      yield* sql.unsafe(deleteFrom("retried"), [chunk.seqs])
      yield* sql.unsafe(deleteFrom("requests"), [chunk.seqs])
      deleted += chunk.count
      from = chunk.last + 1
      yield* sql.unsafe("UPDATE spans SET first = ? WHERE day = ?", [from, day])
      // Answers go first.
      yield* Effect.sleep("20 millis")
    }
    yield* sql.unsafe("DELETE FROM spans WHERE day = ? AND first > last", [day])
    if (deleted > 0) {
      yield* Effect.logInfo(`${deleted} requests of ${dateOf(day)} are deleted; the sums are kept`)
    }
  }
})

/** A day whose rows are deleted: those from `first` to `last` that are its own. */
interface Old {
  readonly day: number
  readonly first: number
  readonly last: number
}

/** Some of the rows between those: how many of them are the day's, which, and the last of them all. */
interface Chunk {
  readonly count: number
  /** As a JSON array. */
  readonly seqs: string
  /** Absent where there are no more. */
  readonly last: number | null
}

/** The very last row stays: the next is numbered on from it, also after a restart. */
const nextChunk = `SELECT count(*) FILTER (WHERE day = ?1) AS count,
  json_group_array(seq) FILTER (WHERE day = ?1) AS seqs, max(seq) AS last
  FROM (
    SELECT seq, day FROM requests
    WHERE seq BETWEEN ?2 AND ?3 AND seq < (SELECT max(seq) FROM requests)
    ORDER BY seq LIMIT 500
  )`

const deleteFrom = (table: string): string =>
  `DELETE FROM ${table} WHERE seq IN (SELECT value FROM json_each(?))`
