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
import { Supervisor } from "../actor/Supervisor.ts"
import { dateOf } from "./calendar.ts"
import { type CannotExport, type Due, exportDay } from "./exportDay.ts"
import { dayOf } from "./Rollup.ts"

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
      const due = yield* sql.unsafe<Due>(dueDays, [dayOf(now - graceMs)])
      for (const one of due) {
        yield* exportDay(sql, `${dataDir}/export`, one)
        yield* Effect.logInfo(`The requests of ${dateOf(one.day)} are exported`)
      }
    }
    if (retentionDays !== undefined) {
      yield* deleteBefore(sql, dayOf(now) - retentionDays, exportDays)
    }
  }
)

const graceMs = 600_000

/** Days that have rows; each is found by the one before it. */
const daysThere = `WITH RECURSIVE there (day) AS (
  SELECT min(day) FROM requests
  UNION ALL
  SELECT (SELECT min(day) FROM requests WHERE requests.day > there.day) FROM there WHERE day NOT NULL
)`

const lastOf = "(SELECT seq FROM requests WHERE requests.day = there.day ORDER BY seq DESC LIMIT 1)"
const exportedOf = "coalesce((SELECT last FROM exports WHERE exports.day = there.day), 0)"

/** Days before the given one with rows that are in no file, and none that is under way. */
const dueDays = `${daysThere}
  SELECT day, ${lastOf} AS last, ${exportedOf} AS exported FROM there
  WHERE day < ? AND ${lastOf} > ${exportedOf} AND NOT EXISTS (
    SELECT 1 FROM open WHERE open.day = there.day
  )
  ORDER BY day`

/** Days before the given one; where the second is 1, only those whose rows are all in files. */
const oldDays = `${daysThere}
  SELECT day FROM there WHERE day < ? AND (? = 0 OR ${lastOf} <= ${exportedOf}) ORDER BY day`

const deleteBefore = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  before: number,
  onlyExported: boolean
) {
  const days = yield* sql.unsafe<{ readonly day: number }>(oldDays, [before, onlyExported ? 1 : 0])
  for (const { day } of days) {
    while (true) {
      const [chunk] = yield* sql.unsafe<Chunk>(nextChunk, [day])
      if (chunk === undefined || chunk.count === 0) break
      // The calls first: should it end here, their request is still there to be found again.
      yield* sql.unsafe(deleteFrom("attempts"), [chunk.seqs])
      yield* sql.unsafe(deleteFrom("requests"), [chunk.seqs])
      // Answers go first.
      yield* Effect.sleep("20 millis")
    }
    yield* Effect.logInfo(`The requests of ${dateOf(day)} are deleted; their sums are kept`)
  }
})

interface Chunk {
  readonly count: number
  /** As a JSON array. */
  readonly seqs: string
}

const nextChunk = `SELECT count(*) AS count, json_group_array(seq) AS seqs FROM (
  SELECT seq FROM requests WHERE day = ? AND outcome IS NOT NULL ORDER BY seq LIMIT 500
)`

const deleteFrom = (table: string): string =>
  `DELETE FROM ${table} WHERE seq IN (SELECT value FROM json_each(?))`
