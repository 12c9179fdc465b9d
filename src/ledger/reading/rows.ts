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
import { rowsStatement, spanStatement } from "./rowsStatement.ts"
import type { Period } from "./usage.ts"

/** Which rows. */
export interface RowsQuery {
  /** The days that the requests came on. */
  readonly period: Period
  /** That answered, or was asked last. Default: all of them. */
  readonly model?: string | undefined
  /** The number of a row: those up to it are left out. Default: none are. */
  readonly after?: number | undefined
  /** The number of a row: those behind it are left out. Default: the last that there is now. */
  readonly upTo?: number | undefined
  /** So many rows at most. Default: no limit. */
  readonly limit?: number | undefined
}

/**
 * Lines of JSON without their ends, in the order in which the requests ended: up to the last that
 * has when it is begun. They are read a page at a time, and other work is let through in between.
 * What is deleted meanwhile is left out.
 */
export const rowsOf = (sql: SqlClient, query: RowsQuery): Stream.Stream<string, SqlError> => {
  const { period: { start, end }, model, after = 0, upTo = Infinity, limit = Infinity } = query
  const nothing = Option.none<{ readonly seq: number; readonly left: number }>()

  const page = (last: number) =>
    Effect.fnUntraced(function* ({ seq, left }: { readonly seq: number; readonly left: number }) {
      const rows = yield* sql.unsafe<Row>(rowsStatement, [
        start,
        end,
        model ?? null,
        seq,
        last,
        pageSize
      ])
      const lines = rows.flatMap(({ line }) => line === null ? [] : [line]).slice(0, left)
      const next = { seq: rows.at(-1)?.seq ?? last, left: left - lines.length }
      yield* Effect.yieldNow
      return [
        lines,
        rows.length < pageSize || next.left === 0 ? nothing : Option.some(next)
      ] as const
    })

  return Stream.unwrap(Effect.gen(function* () {
    const [span] = yield* sql.unsafe<Span>(spanStatement, [start, end])
    if (!span || span.first === null || span.last === null) return Stream.empty
    const from = { seq: Math.max(after, span.first - 1), left: limit }
    return Stream.paginate(from, page(Math.min(upTo, span.last)))
  }))
}

/** One page takes a few milliseconds, in which nothing else is done. */
const pageSize = 200

interface Span {
  readonly first: number | null
  readonly last: number | null
}

interface Row {
  readonly seq: number
  /** Absent where it is none of those that are asked for. */
  readonly line: string | null
}
