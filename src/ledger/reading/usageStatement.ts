/**
 * The one statement that reads usage: one, so that all of it is of the same moment.
 *
 * @module
 */
import { firstDayOf, monthOf } from "../calendar.ts"
import { recentRows } from "../store/recent.ts"
import { sums } from "../store/schema.ts"
import type { Period, UsageQuery } from "./usage.ts"

/** SQL, and what stands for its question marks. */
export interface Statement {
  readonly text: string
  readonly parameters: ReadonlyArray<string | number>
}

/** Gives rows with a `part` (`model` or `group`), a `name` and all sums as text, in no order. */
export const usageStatement = ({ period, model, groupBy = "model" }: UsageQuery): Statement => {
  const daily = daysOf(period, model)
  const parts = [part("model", "model", daily)]
  if (groupBy === "key") parts.push(part("group", "caller", callersOf(period, model)))
  else if (groupBy !== "model") parts.push(part("group", groupBy, daily))
  return together(parts)
}

/** A driver gives up on a number that is too large for a double: text is never too large. */
const sumsAsText = sums.map((sum) => `CAST(sum(${sum}) AS TEXT) AS ${sum}`).join(", ")

/** What is taken away again may leave nothing of a name. */
const part = (name: string, by: string, { text, parameters }: Statement): Statement => ({
  text: `SELECT '${name}' AS part, ${by} AS name, ${sumsAsText} ${text} GROUP BY ${by}
    HAVING sum(requests) > 0`,
  parameters
})

const together = (statements: ReadonlyArray<Statement>): Statement => ({
  text: statements.map(({ text }) => text).join(" UNION ALL "),
  parameters: statements.flatMap(({ parameters }) => parameters)
})

const columns = ["day", "model", "provider", ...sums].join(", ")

/** Sums of days, and the rows that are not in them yet: each of those is a sum of one. */
const daysOf = (period: Period, model: string | undefined): Statement => {
  const { text, parameters } = together(
    ["day_models", `(${recentRows})`].map((table) => {
      const source = sourceOf(table, "day", period, model)
      return { ...source, text: `SELECT ${columns} ${source.text}` }
    })
  )
  return { text: `FROM (${text})`, parameters }
}

const sourceOf = (
  table: string,
  unit: string,
  { start, end }: Period,
  model: string | undefined
): Statement => ({
  text: `FROM ${table} WHERE ${unit} BETWEEN ? AND ?${model === undefined ? "" : " AND model = ?"}`,
  parameters: [start, end, ...(model === undefined ? [] : [model])]
})

/**
 * Sums of callers: of rows that are in no sums yet, of whole months, and of the days by which those
 * are too short or too long. Of a year that is at most a month of days, which are many.
 */
const callersOf = ({ start, end }: Period, model: string | undefined): Statement => {
  // Each day or month is added up in the order in which it is stored, and only then are they sorted
  // by caller: that is half the work of sorting them all.
  const unitSums = (table: string, unit: string, period: Period, sign = ""): Statement => {
    const { text, parameters } = sourceOf(table, unit, period, model)
    const added = sums.map((sum) => `${sign}sum(${sum}) AS ${sum}`).join(", ")
    return { text: `SELECT caller, ${added} ${text} GROUP BY ${unit}, caller`, parameters }
  }
  const more = (start: number, end: number) => unitSums("days", "day", { start, end })
  const less = (start: number, end: number) => unitSums("days", "day", { start, end }, "-")
  const recent = unitSums(`(${recentRows})`, "day", { start, end })
  const all = (): ReadonlyArray<Statement> => {
    if (end - start < 31) return [recent, more(start, end)]
    const [first, behind] = [nearestMonth(start), nearestMonth(end + 1)]
    const [from, to] = [firstDayOf(first), firstDayOf(behind)]
    return [
      recent,
      unitSums("months", "month", { start: first, end: behind - 1 }),
      start < from ? more(start, from - 1) : less(from, start - 1),
      to <= end ? more(to, end) : less(end + 1, to - 1)
    ]
  }
  const { text, parameters } = together(all())
  return { text: `FROM (${text})`, parameters }
}

/** The month that begins nearest to a day. */
const nearestMonth = (day: number): number => {
  const month = monthOf(day)
  return day - firstDayOf(month) <= firstDayOf(month + 1) - day ? month : month + 1
}
