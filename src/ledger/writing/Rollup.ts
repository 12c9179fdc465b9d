/**
 * The sums of closed requests: gathered in memory, and added to the tables in the transaction that
 * closes the requests.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite"
import type { Outcome } from "../Entry.ts"
import { monthOf } from "../calendar.ts"
import { sums } from "../store/schema.ts"
import { isFailed, type Total } from "./taken.ts"

/** What a request counts for. */
export interface Place {
  /** Of when it came, in UTC days since 1970. */
  readonly day: number
  readonly caller: string
  readonly model: string
  /** `""` where none was asked. */
  readonly provider: string
}

/** Adds up, until it is told to write or to forget. */
export interface Rollup {
  readonly add: (place: Place, outcome: Outcome, total: Total) => void
  /** Adds what was gathered to the tables, inside the transaction that is open. */
  readonly write: () => void
  readonly forget: () => void
}

/** Sums that go to the tables of `database`. */
export const makeRollup = (database: DatabaseSync): Rollup => {
  const days = database.prepare(upsert("days", "day", "caller", "model", "provider"))
  const dayModels = database.prepare(upsert("day_models", "day", "model", "provider"))
  const months = database.prepare(upsert("months", "month", "caller", "model", "provider"))
  let gathered = makeHeap()
  // It is asked with every commit, and the calendar is slow to tell.
  let latest = { day: NaN, month: NaN }
  const month = (day: number): number => {
    if (day !== latest.day) latest = { day, month: monthOf(day) }
    return latest.month
  }

  return {
    add: (place, outcome, total) => gathered.add(place, numbersOf(outcome, total)),
    write: () => {
      const byModel = makeHeap()
      const byMonth = makeHeap()
      for (const { place, numbers } of gathered.rows) {
        const { day, caller, model, provider } = place
        days.run(day, caller, model, provider, ...numbers)
        byModel.add({ ...place, caller: "" }, numbers)
        byMonth.add({ ...place, day: month(day) }, numbers)
      }
      for (const { place: { day, model, provider }, numbers } of byModel.rows) {
        dayModels.run(day, model, provider, ...numbers)
      }
      for (const { place: { day, caller, model, provider }, numbers } of byMonth.rows) {
        months.run(day, caller, model, provider, ...numbers)
      }
      if (gathered.rows.length > 0) gathered = makeHeap()
    },
    forget: () => {
      gathered = makeHeap()
    }
  }
}

const upsert = (table: string, ...keys: ReadonlyArray<string>): string => {
  const columns = [...keys, ...sums]
  return `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})
    ON CONFLICT (${keys.join(", ")}) DO UPDATE SET
    ${sums.map((sum) => `${sum} = ${sum} + excluded.${sum}`).join(", ")}`
}

/** A part of the sums of `place`, in the order of `sums`. */
interface Row {
  readonly place: Place
  numbers: ReadonlyArray<number>
}

/** Adds up what is of the same place, as long as that is exact. */
const makeHeap = () => {
  const rows: Array<Row> = []
  const latest = new Map<string, Row>()
  return {
    rows,
    add: (place: Place, numbers: ReadonlyArray<number>): void => {
      const key = keyOf(place)
      const row = latest.get(key)
      const sum = row?.numbers.map((number, at) => number + (numbers[at] ?? 0))
      if (row && sum?.every(Number.isSafeInteger)) row.numbers = sum
      else {
        const next: Row = { place, numbers }
        rows.push(next)
        latest.set(key, next)
      }
    }
  }
}

/** Names hold whatever a client sends: their lengths keep them apart. */
const keyOf = ({ day, caller, model, provider }: Place): string =>
  `${day} ${caller.length} ${model.length} ${caller}${model}${provider}`

/** One request, in the order of `sums`. */
const numbersOf = (outcome: Outcome, total: Total): ReadonlyArray<number> => [
  1,
  isFailed(outcome) ? 1 : 0,
  total.isUnpriced ? 1 : 0,
  total.source === "estimated" || total.source === "mixed" ? 1 : 0,
  total.promptTokens,
  total.completionTokens,
  total.cachedTokens,
  total.cacheWriteTokens,
  total.reasoningTokens,
  total.knownInputNanos,
  total.knownOutputNanos
]
