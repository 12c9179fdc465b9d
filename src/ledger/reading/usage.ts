/**
 * What was used in a span of days, and what it cost: from the sums, and the few rows that are not in
 * them yet.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { type Totals, totalsOf } from "./Totals.ts"
import { usageStatement } from "./usageStatement.ts"

/** By what usage can be split up. */
export const groupings = ["day", "key", "provider", "model"] as const

/** By what usage is split up: `key` is the id of the caller's key or token. */
export type Grouping = typeof groupings[number]

/** Whole UTC days, in days since 1970, both inclusive. */
export interface Period {
  readonly start: number
  readonly end: number
}

/** What to tell of. */
export interface UsageQuery {
  readonly period: Period
  /** Default: all of them. */
  readonly model?: string | undefined
  /** Default: `model`. */
  readonly groupBy?: Grouping | undefined
}

/** A part of the usage; those that nothing was used of are left out. */
export interface Group {
  /** A day as its number, else an id; `""` is the provider of requests for which none was asked. */
  readonly name: string
  readonly totals: Totals
}

/** What was used. The groups add up to the same as the models do. */
export interface Usage {
  /** By name. */
  readonly byModel: ReadonlyArray<Group>
  /** By name; days in order. */
  readonly groups: ReadonlyArray<Group>
}

/** What was used, by the books that `sql` reads: everything that is settled by now. */
export const usageOf = (sql: SqlClient, query: UsageQuery): Effect.Effect<Usage, SqlError> => {
  const { groupBy = "model" } = query
  const { text, parameters } = usageStatement(query)
  return Effect.map(sql.unsafe<Row>(text, parameters), (rows) => {
    const byModel = groupsOf(rows, "model").sort(byName)
    if (groupBy === "model") return { byModel, groups: byModel }
    const groups = groupsOf(rows, "group")
    return { byModel, groups: groups.sort(groupBy === "day" ? byNumber : byName) }
  })
}

type Row = Readonly<Record<string, unknown>>

const groupsOf = (rows: ReadonlyArray<Row>, part: string): Array<Group> =>
  rows.filter((row) => row["part"] === part)
    .map((row) => ({ name: String(row["name"]), totals: totalsOf(row) }))

const byName = (a: Group, b: Group): number => a.name < b.name ? -1 : a.name > b.name ? 1 : 0

const byNumber = (a: Group, b: Group): number => Number(a.name) - Number(b.name)
