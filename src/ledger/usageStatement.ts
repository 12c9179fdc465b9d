/**
 * The one statement that reads usage: one, so that all of it is of the same moment.
 *
 * @module
 */
import { firstDayOf } from "./calendar.ts"
import { monthOf } from "./Rollup.ts"
import { sums } from "./schema.ts"
import type { Period, UsageQuery } from "./usage.ts"

/** SQL, and what stands for its question marks. */
export interface Statement {
  readonly text: string
  readonly parameters: ReadonlyArray<string | number>
}

/** Gives rows with a `part` (`model` or `group`), a `name` and all sums as text, in no order. */
export const usageStatement = ({ period, model, groupBy = "model" }: UsageQuery): Statement => {
  const daily = sourceOf("day_models", "day", period, model)
  const parts = [part("model", "model", daily)]
  if (groupBy === "key") parts.push(part("group", "caller", callersOf(period, model)))
  else if (groupBy !== "model") parts.push(part("group", groupBy, daily))
  return together(parts)
}

/** A driver gives up on a number that is too large for a double: text is never too large. */
const sumsAsText = sums.map((sum) => `CAST(sum(${sum}) AS TEXT) AS ${sum}`).join(", ")

const part = (name: string, by: string, { text, parameters }: Statement): Statement => ({
  text: `SELECT '${name}' AS part, ${by} AS name, ${sumsAsText} ${text} GROUP BY ${by}`,
  parameters
})

const together = (statements: ReadonlyArray<Statement>): Statement => ({
  text: statements.map(({ text }) => text).join(" UNION ALL "),
  parameters: statements.flatMap(({ parameters }) => parameters)
})

const sourceOf = (
  table: string,
  unit: string,
  { start, end }: Period,
  model: string | undefined
): Statement => ({
  text: `FROM ${table} WHERE ${unit} BETWEEN ? AND ?${model === undefined ? "" : " AND model = ?"}`,
  parameters: [start, end, ...(model === undefined ? [] : [model])]
})

/** Sums of callers: whole months from their own sums, and the days around them. */
const callersOf = ({ start, end }: Period, model: string | undefined): Statement => {
  // Each day or month is added up in the order in which it is stored, and only then are they sorted
  // by caller: that is half the work of sorting them all.
  const unitSums = (table: string, unit: string, period: Period): Statement => {
    const { text, parameters } = sourceOf(table, unit, period, model)
    const added = sums.map((sum) => `sum(${sum}) AS ${sum}`).join(", ")
    return { text: `SELECT caller, ${added} ${text} GROUP BY ${unit}, caller`, parameters }
  }
  const first = start === firstDayOf(monthOf(start)) ? monthOf(start) : monthOf(start) + 1
  const last = monthOf(end + 1) - 1
  const { text, parameters } = together(
    first > last ? [unitSums("days", "day", { start, end })] : [
      unitSums("months", "month", { start: first, end: last }),
      unitSums("days", "day", { start, end: firstDayOf(first) - 1 }),
      unitSums("days", "day", { start: firstDayOf(last + 1), end })
    ]
  )
  return { text: `FROM (${text})`, parameters }
}
