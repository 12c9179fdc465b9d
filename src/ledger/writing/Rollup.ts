/**
 * The sums of closed requests: gathered in memory, and added to the tables once in a while. A row that
 * is in them already is never added again, since the tables say up to which row they are.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite"
import { monthOf } from "../calendar.ts"
import { sums } from "../store/schema.ts"

/** What a row of `requests` counts for. */
export interface Counted {
  readonly seq: number
  /** Of when it came, in UTC days since 1970. */
  readonly day: number
  readonly caller: string
  readonly model: string
  /** `""` where none was asked. */
  readonly provider: string
  /** What it adds, in the order of `sums`. */
  readonly numbers: ReadonlyArray<number>
}

/** Adds up, until it is told to write. */
export interface Rollup {
  /** Adds a row that is durable; they come in order. */
  readonly add: (row: Counted) => void
  /** So many rows are not in the tables yet. */
  readonly waiting: () => number
  /** Adds what was gathered to the tables, inside a transaction. */
  readonly write: () => void
  /** That transaction is durable. */
  readonly wrote: () => void
}

/** Sums that go to the tables of `database`. */
export const makeRollup = (database: DatabaseSync): Rollup => {
  const days = database.prepare(upsert("days", "day", "caller", "model", "provider"))
  const dayModels = database.prepare(upsert("day_models", "day", "model", "provider"))
  const months = database.prepare(upsert("months", "month", "caller", "model", "provider"))
  const spans = database.prepare(`INSERT INTO spans (day, first, last) VALUES (?, ?, ?)
    ON CONFLICT (day) DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)`)
  const upTo = database.prepare("UPDATE rollup SET last = ?")
  let gathered = makeHeap()
  let ends = new Map<number, { readonly first: number; last: number }>()
  let count = 0
  let last = 0
  // The calendar is slow to tell, and most are of one day.
  let latest = { day: NaN, month: NaN }
  const month = (day: number): number => {
    if (day !== latest.day) latest = { day, month: monthOf(day) }
    return latest.month
  }

  return {
    add: (row) => {
      const { seq, day } = row
      gathered.add(row, row.numbers)
      const known = ends.get(day)
      if (known) known.last = seq
      else ends.set(day, { first: seq, last: seq })
      count++
      last = seq
    },
    waiting: () => count,
    write: () => {
      const byModel = makeHeap()
      const byMonth = makeHeap()
      for (const { place, numbers } of gathered.rows) {
        const { day, caller, model, provider } = place
        days.run(day, caller, model, provider, ...numbers)
        byModel.add({ day, caller: "", model, provider }, numbers)
        byMonth.add({ day: month(day), caller, model, provider }, numbers)
      }
      for (const { place: { day, model, provider }, numbers } of byModel.rows) {
        dayModels.run(day, model, provider, ...numbers)
      }
      for (const { place: { day, caller, model, provider }, numbers } of byMonth.rows) {
        months.run(day, caller, model, provider, ...numbers)
      }
      for (const [day, { first, last }] of ends) spans.run(day, first, last)
      upTo.run(last)
    },
    wrote: () => {
      gathered = makeHeap()
      ends = new Map()
      count = 0
    }
  }
}

/** A sum that no column holds stays at the largest that one does: to fail would hold up all others. */
const upsert = (table: string, ...keys: ReadonlyArray<string>): string => {
  const columns = [...keys, ...sums]
  return `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})
    ON CONFLICT (${keys.join(", ")}) DO UPDATE SET
    ${sums.map((sum) => `${sum} = CAST(${sum} + excluded.${sum} AS INTEGER)`).join(", ")}`
}

type Place = Pick<Counted, "day" | "caller" | "model" | "provider">

/** A part of the sums of `place`, in the order of `sums`. */
interface Part {
  readonly place: Place
  numbers: ReadonlyArray<number>
}

/** Adds up what is of the same place, as long as that is exact. */
const makeHeap = () => {
  const rows: Array<Part> = []
  const latest = new Map<string, Part>()
  return {
    rows,
    add: (place: Place, numbers: ReadonlyArray<number>): void => {
      const key = keyOf(place)
      const row = latest.get(key)
      const sum = row?.numbers.map((number, at) => number + (numbers[at] ?? 0))
      if (row && sum?.every(Number.isSafeInteger)) row.numbers = sum
      else {
        const next: Part = { place, numbers }
        rows.push(next)
        latest.set(key, next)
      }
    }
  }
}

/** Names hold whatever a client sends: their lengths keep them apart. */
const keyOf = ({ day, caller, model, provider }: Place): string =>
  `${day} ${caller.length} ${model.length} ${caller}${model}${provider}`
