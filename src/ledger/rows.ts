/**
 * The rows of the books, each as a line of JSON with its calls to providers.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Stream from "effect/Stream"
import { rowsStatement } from "./rowsStatement.ts"
import type { Period } from "./usage.ts"

/** A place between two rows: right after that row of that day. */
export interface Cursor {
  readonly day: number
  readonly seq: number
}

/** Which rows. */
export interface RowsQuery {
  readonly period: Period
  /** That answered, or was asked last. Default: all of them. */
  readonly model?: string | undefined
  /** Rows up to this one are left out. Default: none. */
  readonly after?: Cursor | undefined
  /** So many rows at most. Default: no limit. */
  readonly limit?: number | undefined
}

/**
 * Lines of JSON without their ends, by day and in the order in which the requests were first
 * written. They are read a page at a time, and other work is let through in between: what is deleted
 * meanwhile is left out, and nothing is told twice.
 */
export const rowsOf = (sql: SqlClient, query: RowsQuery): Stream.Stream<string, SqlError> => {
  const { period: { start, end }, model, after, limit = Infinity } = query
  const from = after && after.day >= start ? after : { day: start, seq: 0 }
  const next = (cursor: Cursor, left: number) =>
    left > 0 && cursor.day <= end ? Option.some({ ...cursor, left }) : Option.none()

  return Stream.paginate(
    { ...from, left: limit },
    Effect.fnUntraced(function* ({ day, seq, left }) {
      if (left <= 0 || day > end) return [[], Option.none()] as const
      const page = yield* sql.unsafe<Row>(rowsStatement, [model ?? null, day, seq, pageSize])
      const lines = page.flatMap(({ line }) => line === null ? [] : [line]).slice(0, left)
      const last = page.at(-1)
      if (last !== undefined && page.length === pageSize) {
        yield* Effect.yieldNow
        return [lines, next({ day, seq: last.seq }, left - lines.length)] as const
      }
      const [later] = yield* sql.unsafe<{ readonly day: number | null }>(nextDay, [day])
      const following = later?.day ?? end + 1
      return [lines, next({ day: following, seq: 0 }, left - lines.length)] as const
    })
  )
}

/** One page takes a few milliseconds, in which nothing else is done. */
const pageSize = 200

const nextDay = "SELECT min(day) AS day FROM requests WHERE day > ?"

interface Row {
  readonly seq: number
  /** Absent where it is of another model. */
  readonly line: string | null
}
