/**
 * The sums, made anew from the rows: they are to be the same as those that are kept.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { amounts, lastInSums } from "../store/recent.ts"
import { sums } from "../store/schema.ts"

/** A sum that is not as it should be; one that is missing is told as one side alone. */
export interface Difference {
  readonly table: "days" | "day_models" | "months"
  /** Whether it is what is kept, or what was made anew. */
  readonly side: "kept" | "rebuilt"
  /** Its row in the table, as JSON. */
  readonly row: string
}

/**
 * Where sums differ from what they are sums of: `days` from the rows up to the last that is in them,
 * the coarser ones from `days`. Rows are only looked at from the day `since` on, since of earlier ones
 * some may be deleted. It reads every one of them: nothing for a gateway that is busy.
 */
export const rebuild = (
  sql: SqlClient,
  since: number
): Effect.Effect<ReadonlyArray<Difference>, SqlError> =>
  Effect.map(
    Effect.all([
      sql.unsafe<Difference>(compare("days", ["day", "caller", "model", "provider"], days, "day"), [
        since,
        since,
        since,
        since
      ]),
      sql.unsafe<Difference>(compare("day_models", ["day", "model", "provider"], dayModels)),
      sql.unsafe<Difference>(compare("months", ["month", "caller", "model", "provider"], months))
    ]),
    (found) => found.flat()
  )

const days = `SELECT day, caller, model, coalesce(provider, '') AS provider,
    ${sums.map((sum) => `sum(${amounts[sum]}) AS ${sum}`).join(", ")}
  FROM requests r WHERE day >= ? AND seq <= ${lastInSums} GROUP BY 1, 2, 3, 4`

const added = sums.map((sum) => `sum(${sum}) AS ${sum}`).join(", ")

const dayModels = `SELECT day, model, provider, ${added} FROM days GROUP BY 1, 2, 3`

/** Months from days by the database's own calendar, and not by ours. */
const months = `SELECT
    (strftime('%Y', day * 86400, 'unixepoch') - 1970) * 12
      + strftime('%m', day * 86400, 'unixepoch') - 1 AS month,
    caller, model, provider, ${added}
  FROM days GROUP BY 1, 2, 3, 4`

const compare = (
  table: string,
  keys: ReadonlyArray<string>,
  anew: string,
  from?: string
): string => {
  const columns = [...keys, ...sums]
  const kept = `SELECT ${columns.join(", ")} FROM ${table}${from ? ` WHERE ${from} >= ?` : ""}`
  const told = (side: string, rows: string, others: string) =>
    `SELECT '${table}' AS "table", '${side}' AS side, json_object(${
      columns.map((column) => `'${column}', ${column}`).join(", ")
    }) AS row FROM (SELECT * FROM (${rows}) EXCEPT SELECT * FROM (${others}))`
  return `${told("kept", kept, anew)} UNION ALL ${told("rebuilt", anew, kept)}`
}
