import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { assertEquals } from "@std/assert"
import { dateOf, firstDayOf, monthOf, parseDate } from "../../../src/ledger/calendar.ts"
import { rebuild } from "../../../src/ledger/reading/rebuild.ts"
import {
  costOf,
  dollarsText,
  noTotals,
  plus,
  type Totals
} from "../../../src/ledger/reading/Totals.ts"
import { type Group, groupings, usageOf } from "../../../src/ledger/reading/usage.ts"
import { law, test } from "../../kit/effect.ts"
import { books, epoch, plain, Sketch } from "../books.ts"

const day = (text: string): number => parseDate(text)!

/** The sums of requests, from what was sketched and nothing else. */
const counted = (sketches: ReadonlyArray<Sketch>): Totals =>
  sketches.map(({ outcome, calls }) => {
    const charged = calls.filter(({ source }) => source !== "unknown")
    const sum = (of: (call: Sketch["calls"][number]) => number) =>
      charged.reduce((all, call) => all + BigInt(of(call)), 0n)
    return {
      ...noTotals,
      requests: 1n,
      failed: ["ok", "filtered", "client_abort"].includes(outcome) ? 0n : 1n,
      unpriced: charged.some(({ nanos }) => nanos === undefined) ? 1n : 0n,
      estimated: charged.some(({ source }) => source !== "reported") ? 1n : 0n,
      prompt_tokens: sum(({ prompt }) => prompt),
      completion_tokens: sum(({ completion }) => completion),
      cached_tokens: sum(({ prompt }) => prompt >> 1),
      reasoning_tokens: sum(({ completion }) => completion >> 1),
      input_nanos: sum(({ nanos }) => nanos ?? 0),
      output_nanos: sum(({ nanos }) => nanos ?? 0)
    }
  }).reduce(plus, noTotals)

const partsOf = {
  day: (sketch: Sketch) => String(epoch + sketch.day),
  key: (sketch: Sketch) => sketch.caller,
  provider: ({ provider }: Sketch) => provider === "none" ? "" : provider,
  model: ({ model }: Sketch) => model
}

const groupsOf = (sketches: ReadonlyArray<Sketch>, by: typeof groupings[number]): Array<Group> =>
  Array.from(
    Map.groupBy(sketches, partsOf[by]),
    ([name, some]) => ({ name, totals: counted(some) })
  ).sort((a, b) => a.name < b.name ? -1 : 1)

const Question = Schema.Struct({
  requests: Schema.Array(Sketch).check(Schema.isMaxLength(40)),
  start: Schema.Int.check(Schema.isBetween({ minimum: -5, maximum: 105 })),
  days: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 110 })),
  /** So many of the requests are in the sums when they are asked for. */
  summed: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 })),
  model: Schema.UndefinedOr(Sketch.fields.model)
})

law(
  "usage is the sum of the requests in it, over whole days, however it is split up",
  Question,
  ({ requests, start, days, summed, model }) =>
    Effect.scoped(Effect.gen(function* () {
      const { sql, fill, summed: later } = yield* books()
      yield* fill(requests.slice(0, summed))
      yield* later
      yield* fill(requests.slice(summed))
      const period = { start: epoch + start, end: epoch + start + days - 1 }
      const within = requests.filter((one) =>
        one.day >= start && one.day < start + days && (model === undefined || one.model === model)
      )
      for (const groupBy of groupings) {
        const usage = yield* usageOf(sql, { period, model, groupBy })
        assertEquals(usage.groups, groupsOf(within, groupBy))
        assertEquals(usage.byModel, groupsOf(within, "model"))
        const sum = usage.groups.map(({ totals }) => totals).reduce(plus, noTotals)
        assertEquals(sum, counted(within))
      }
      return true
    }))
)

law(
  "the sums that are kept are the sums of the rows, made anew",
  Schema.Array(Sketch).check(Schema.isMaxLength(60)),
  (requests) =>
    Effect.scoped(Effect.gen(function* () {
      const { sql, fill, summed } = yield* books()
      for (const some of [requests.slice(0, 20), requests.slice(20)]) {
        yield* fill(some)
        assertEquals(yield* rebuild(sql, epoch), [])
        yield* summed
      }
      const [kept] = yield* sql.unsafe<{ readonly n: number }>(
        "SELECT sum(requests) AS n FROM days"
      )
      assertEquals(kept?.n ?? 0, requests.length)
      assertEquals(yield* rebuild(sql, epoch), [])
      return true
    }))
)

test("a sum that is not as the rows say is found, in whichever table it is", () =>
  Effect.gen(function* () {
    const { sql, fill, summed } = yield* books()
    yield* fill([plain, { ...plain, day: 40 }])
    yield* summed
    for (const table of ["day_models", "months"] as const) {
      yield* sql.unsafe(`UPDATE ${table} SET input_nanos = input_nanos + 1 WHERE model = 'gpt-4'`)
      const found = yield* rebuild(sql, epoch)
      assertEquals(
        new Set(found.map((one) => `${one.table} ${one.side}`)),
        new Set([
          `${table} kept`,
          `${table} rebuilt`
        ])
      )
      yield* sql.unsafe(`UPDATE ${table} SET input_nanos = input_nanos - 1 WHERE model = 'gpt-4'`)
    }
    yield* sql.unsafe("DELETE FROM requests WHERE id = 'req_1'")
    const found = yield* rebuild(sql, epoch)
    assertEquals(found.map(({ table, side }) => `${table} ${side}`), ["days kept"])
    // Days before were not looked at: their rows may be gone.
    assertEquals(yield* rebuild(sql, epoch + 41), [])
  }))

test("S7: a day is half open in UTC, and a request counts for the day that it came on", () =>
  Effect.gen(function* () {
    const { sql, fill } = yield* books()
    const feb28 = day("2024-02-28") - epoch
    const [first, last] = [0, 86_399_999] as const
    yield* fill([
      // A stream that went on over midnight is one of the day before.
      { ...plain, day: feb28, at: last, outcome: "client_abort" },
      { ...plain, day: feb28 + 1, at: first },
      { ...plain, day: feb28 + 1, at: last },
      { ...plain, day: feb28 + 2, at: first }
    ])
    const requests = Effect.fnUntraced(function* (start: string, end: string) {
      const period = { start: day(start), end: day(end) }
      const { groups } = yield* usageOf(sql, { period, groupBy: "day" })
      return groups.map(({ name, totals }) => `${dateOf(Number(name))} ${totals.requests}`)
    })
    assertEquals(yield* requests("2024-02-29", "2024-02-29"), ["2024-02-29 2"])
    assertEquals(yield* requests("2024-02-01", "2024-02-29"), ["2024-02-28 1", "2024-02-29 2"])
    assertEquals(yield* requests("2024-03-01", "2024-03-31"), ["2024-03-01 1"])
    assertEquals(yield* requests("2024-02-28", "2024-03-01"), [
      "2024-02-28 1",
      "2024-02-29 2",
      "2024-03-01 1"
    ])
  }))

test("S7: callers' sums of a span are the same, whatever months begin or end in it", () =>
  Effect.gen(function* () {
    const { sql, fill } = yield* books()
    // One request a day, whose cost says which day it was.
    const days = Array.from({ length: 101 }, (_, day) => day)
    yield* fill(
      days.map((day) => ({ ...plain, day, calls: [{ ...plain.calls[0]!, prompt: day }] }))
    )
    for (const start of days) {
      for (const end of days.slice(start)) {
        const period = { start: epoch + start, end: epoch + end }
        const [group] = (yield* usageOf(sql, { period, groupBy: "key" })).groups
        assertEquals(group?.totals.requests, BigInt(end - start + 1))
        assertEquals(group?.totals.prompt_tokens, BigInt((start + end) * (end - start + 1) / 2))
      }
    }
  }))

test("what has no price never costs 0", () =>
  Effect.gen(function* () {
    const { sql, fill } = yield* books()
    const call = plain.calls[0]!
    yield* fill([
      { ...plain, model: "house/one", calls: [{ ...call, nanos: undefined }] },
      { ...plain, model: "claude-3", calls: [call, { ...call, nanos: undefined }] },
      { ...plain, model: "gpt-4", outcome: "upstream_error", calls: [] }
    ])
    const { byModel } = yield* usageOf(sql, { period: { start: epoch, end: epoch } })
    assertEquals(byModel.map(({ name, totals }) => [name, totals.unpriced, costOf(totals)]), [
      ["claude-3", 1n, 1998n],
      // Nobody was paid for it.
      ["gpt-4", 0n, 0n],
      ["house/one", 1n, undefined]
    ])
  }))

test("sums that no double holds are exact", () =>
  Effect.gen(function* () {
    const { sql, fill } = yield* books()
    const most = 4_000_000_000_000_000
    yield* fill(Array.from({ length: 7 }, () => ({
      ...plain,
      calls: [{ ...plain.calls[0]!, nanos: most }, { ...plain.calls[0]!, nanos: 1 }]
    })))
    const { byModel } = yield* usageOf(sql, { period: { start: epoch, end: epoch } })
    assertEquals(byModel.map(({ totals }) => totals.input_nanos), [28_000_000_000_000_007n])
    assertEquals(byModel.map(({ totals }) => dollarsText(costOf(totals)!)), ["56000000.000000014"])
  }))

Deno.test("nano-dollars are written in dollars to the last digit", () => {
  for (
    const [nanos, text] of [
      [0n, "0"],
      [1n, "0.000000001"],
      [1_000_000_000n, "1"],
      [1_500_000_000n, "1.5"],
      [123_456_789_012_345_678_901n, "123456789012.345678901"]
    ] as const
  ) assertEquals(dollarsText(nanos), text)
})

Deno.test("a date is a day of the calendar, and nothing else", () => {
  for (const text of ["2024-02-29", "2000-02-29", "1970-01-01", "1969-12-31", "9999-12-31"]) {
    assertEquals(dateOf(day(text)), text)
  }
  for (
    const text of [
      "2025-02-29",
      "2025-02-30",
      "1900-02-29",
      "2025-04-31",
      "2025-13-01",
      "2025-00-01",
      "2025-01-00",
      "2025-1-1",
      "2025-01-01T00:00:00Z",
      " 2025-01-01",
      "20250101",
      "",
      "+02025-01-01"
    ]
  ) assertEquals(parseDate(text), undefined, text)
})

Deno.test("S7: every month of a century begins on its first day", () => {
  for (let month = -600; month < 600; month++) {
    const first = firstDayOf(month)
    assertEquals(dateOf(first).slice(8), "01")
    assertEquals([monthOf(first - 1), monthOf(first)], [month - 1, month])
  }
})
