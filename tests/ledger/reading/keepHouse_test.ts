import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import { type HouseOptions, keepHouse, layer } from "../../../src/ledger/reading/keepHouse.ts"
import { rowsOf } from "../../../src/ledger/reading/rows.ts"
import { usageOf } from "../../../src/ledger/reading/usage.ts"
import { test } from "../../kit/effect.ts"
import { temporaryFolder } from "../../kit/gateway.ts"
import { books, epoch, plain, settledOf, type Sketch } from "../books.ts"

const dayMs = 86_400_000
/** Noon of a day. */
const noon = (day: number) => (epoch + day) * dayMs + dayMs / 2
const everything = { period: { start: epoch - 1000, end: epoch + 1000 } }

/** Books, a folder, and a way to have a round of housekeeping. */
const house = Effect.fnUntraced(function* (options: Omit<HouseOptions, "dataDir">) {
  const dataDir = yield* temporaryFolder
  const book = yield* books()
  const { sql } = book
  return {
    ...book,
    fillNow: book.fill,
    /** Settles them, and waits for the sums. */
    fill: (sketches: ReadonlyArray<Sketch>) => Effect.andThen(book.fill(sketches), book.summed),
    dataDir,
    /** A round at that time; it does not wait between its steps. */
    round: (now: number) =>
      keepHouse(sql, { ...options, dataDir }).pipe(
        Effect.provideService(Clock.Clock, {
          currentTimeMillisUnsafe: () => now,
          currentTimeMillis: Effect.succeed(now),
          currentTimeNanosUnsafe: () => 0n,
          currentTimeNanos: Effect.succeed(0n),
          monotonicTimeNanosUnsafe: () => 0n,
          monotonicTimeNanos: Effect.succeed(0n),
          sleep: () => Effect.yieldNow
        }),
        Effect.provide(Logger.layer([]))
      ),
    days: Effect.map(
      sql.unsafe<{ day: number; rows: number }>(
        "SELECT day, count(*) AS rows FROM requests GROUP BY day ORDER BY day"
      ),
      (rows) => rows.map(({ day, rows }) => [day - epoch, rows])
    ),
    calls: Effect.map(
      sql.unsafe<{ calls: number }>("SELECT count(*) AS calls FROM attempts"),
      ([row]) => row!.calls
    ),
    files: () => {
      try {
        return Array.from(Deno.readDirSync(`${dataDir}/export`), ({ name }) => name).sort()
      } catch {
        return []
      }
    },
    read: (name: string) => Deno.readTextFileSync(`${dataDir}/export/${name}`)
  }
})

const sketch = (day: number, count: number) =>
  Array.from({ length: count }, () => ({ ...plain, day }))

test("rows older than the days they are kept are deleted with their calls, and the sums stay", () =>
  Effect.gen(function* () {
    const { fill, round, days, calls, files, sql } = yield* house({
      retentionDays: 30,
      exportDays: false
    })
    // Calls of a request that made several have rows of their own.
    const two = sketch(0, 1300).map((one) => ({ ...one, calls: [...one.calls, ...one.calls] }))
    yield* fill([...two, ...sketch(1, 2), ...sketch(2, 3), ...sketch(31, 4)])
    const before = yield* usageOf(sql, { ...everything, groupBy: "day" })
    yield* round(noon(31))
    assertEquals(yield* days, [[1, 2], [2, 3], [31, 4]])
    assertEquals(yield* calls, 9)
    yield* round(noon(32))
    assertEquals(yield* days, [[2, 3], [31, 4]])
    assertEquals(yield* usageOf(sql, { ...everything, groupBy: "day" }), before)
    assertEquals(files(), [])
  }))

test("of a day whose rows are among those of others only its own are deleted", () =>
  Effect.gen(function* () {
    const { fill, round, days, sql } = yield* house({ retentionDays: 1, exportDays: false })
    yield* fill(Array.from({ length: 1500 }, (_, at) => ({ ...plain, day: at % 3 === 0 ? 0 : 7 })))
    const before = yield* usageOf(sql, { ...everything, groupBy: "day" })
    yield* round(noon(8))
    assertEquals(yield* days, [[7, 1000]])
    assertEquals(
      yield* sql.unsafe<object>("SELECT day, first, last FROM spans"),
      [Object.assign(Object.create(null), { day: epoch + 7, first: 2, last: 1500 })]
    )
    // One that comes late is of a day that had been forgotten.
    yield* fill([...sketch(0, 1), ...sketch(8, 1)])
    yield* round(noon(8))
    assertEquals(yield* days, [[7, 1000], [8, 1]])
    const after = yield* usageOf(sql, { ...everything, groupBy: "day" })
    assertEquals(after.groups[0]?.totals.requests, 501n)
    assertEquals(after.groups[1], before.groups[1])
  }))

test("what is not in the sums yet is not deleted: they would never know of it", () =>
  Effect.gen(function* () {
    const { fillNow, summed, round, days, sql } = yield* house({
      retentionDays: 1,
      exportDays: false
    })
    yield* fillNow([...sketch(0, 3), ...sketch(9, 1)])
    const before = yield* usageOf(sql, everything)
    yield* round(noon(9))
    assertEquals(yield* days, [[0, 3], [9, 1]])
    yield* summed
    yield* round(noon(9))
    assertEquals(yield* days, [[9, 1]])
    assertEquals(yield* usageOf(sql, everything), before)
  }))

test("a request that is under way is never deleted, nor is the very last row", () =>
  Effect.gen(function* () {
    const { fill, ledger, round, days, sql } = yield* house({ retentionDays: 1, exportDays: false })
    const { calls: [call], ...opened } = settledOf(plain)
    const page = ledger.open(opened)
    yield* page.ask({ ...call!, charge: call!.charge! })
    yield* fill(sketch(0, 3))
    yield* round(noon(50))
    // Else the next would be numbered from 1 again after a restart.
    assertEquals(yield* sql.unsafe("SELECT seq FROM requests"), [{ seq: 3 }])
    yield* page.settle(settledOf(plain))
    assertEquals(yield* days, [[0, 2]])
    yield* round(noon(50))
    assertEquals(yield* sql.unsafe("SELECT seq FROM requests"), [{ seq: 4 }])
  }))

test("each day that is over is written once, whole, as the rows are told", () =>
  Effect.gen(function* () {
    const { fill, round, files, read, sql, dataDir } = yield* house({
      retentionDays: undefined,
      exportDays: true
    })
    yield* fill([...sketch(0, 450), ...sketch(71, 2), ...sketch(72, 1)])
    yield* round(noon(72))
    assertEquals(files(), ["requests-2023-12-20.ndjson", "requests-2024-02-29.ndjson"])
    const day = { period: { start: epoch, end: epoch } }
    const lines = yield* Stream.runCollect(rowsOf(sql, day))
    assertEquals(read("requests-2023-12-20.ndjson"), lines.map((line) => `${line}\n`).join(""))
    assertEquals(Deno.statSync(`${dataDir}/export/requests-2023-12-20.ndjson`).mode! & 0o777, 0o600)
    // Whoever takes the file away does not get it again.
    Deno.removeSync(`${dataDir}/export/requests-2023-12-20.ndjson`)
    yield* round(noon(72))
    assertEquals(files(), ["requests-2024-02-29.ndjson"])
    yield* fill(sketch(0, 1))
    yield* round(noon(72))
    assertEquals(read("requests-2023-12-20-after-450.ndjson").split("\n").length, 2)
  }))

test("S7: a day is not over ten minutes after midnight, nor while a request of it is under way", () =>
  Effect.gen(function* () {
    const { fill, ledger, round, files } = yield* house({
      retentionDays: undefined,
      exportDays: true
    })
    yield* fill(sketch(0, 1))
    const { calls: [call], ...opened } = settledOf({ ...plain, at: 86_399_999 })
    const page = ledger.open(opened)
    yield* round((epoch + 1) * dayMs + 599_999)
    assertEquals(files(), [])
    yield* page.ask({ ...call!, charge: call!.charge! })
    yield* round(noon(1))
    assertEquals(files(), [])
    yield* page.settle(settledOf({ ...plain, at: 86_399_999 }))
    yield* round(noon(1))
    assertEquals(files(), ["requests-2023-12-20.ndjson"])
  }))

test("what comes to a day that was written gets a file beside it, and is not deleted before", () =>
  Effect.gen(function* () {
    const { fill, ledger, round, files, read, days } = yield* house({
      retentionDays: 1,
      exportDays: true
    })
    yield* fill([...sketch(0, 2), ...sketch(1, 1)])
    yield* round(noon(1))
    const first = read("requests-2023-12-20.ndjson")
    yield* fill([...sketch(0, 1), ...sketch(2, 1)])
    // As long as one may still come, what is there may go, and what is in no file may not.
    const { calls: [call], ...opened } = settledOf(plain)
    const page = ledger.open(opened)
    yield* page.ask({ ...call!, charge: call!.charge! })
    yield* round(noon(2))
    assertEquals(yield* days, [[0, 1], [1, 1], [2, 1]])
    yield* page.settle(settledOf(plain))
    yield* round(noon(2))
    assertEquals(files(), [
      "requests-2023-12-20-after-2.ndjson",
      "requests-2023-12-20.ndjson",
      "requests-2023-12-21.ndjson"
    ])
    assertEquals(read("requests-2023-12-20.ndjson"), first)
    const late = read("requests-2023-12-20-after-2.ndjson").trim().split("\n")
    assertEquals(late.map((line) => JSON.parse(line).seq), [4, 6])
    assertEquals(yield* days, [[0, 1], [1, 1], [2, 1]])
  }))

test("nothing is deleted that cannot be written into a file first, and no half file is left", () =>
  Effect.gen(function* () {
    const { fill, round, files, days, dataDir } = yield* house({
      retentionDays: 1,
      exportDays: true
    })
    yield* fill([...sketch(0, 2), ...sketch(1, 1), ...sketch(9, 1)])
    // Nothing can be written where a folder stands.
    Deno.mkdirSync(`${dataDir}/export/requests-2023-12-20.ndjson.draft/full`, { recursive: true })
    const error = yield* Effect.flip(round(noon(9)))
    assertStringIncludes(error.message, "requests-2023-12-20.ndjson.draft")
    assertEquals(yield* days, [[0, 2], [1, 1], [9, 1]])
    Deno.removeSync(`${dataDir}/export/requests-2023-12-20.ndjson.draft`, { recursive: true })
    yield* round(noon(9))
    assertEquals(files(), ["requests-2023-12-20.ndjson", "requests-2023-12-21.ndjson"])
    assertEquals(yield* days, [[9, 1]])
  }))

test("what a crash left of a file is replaced", () =>
  Effect.gen(function* () {
    const { fill, round, files, read, dataDir } = yield* house({
      retentionDays: undefined,
      exportDays: true
    })
    yield* fill(sketch(0, 2))
    Deno.mkdirSync(`${dataDir}/export`)
    Deno.writeTextFileSync(`${dataDir}/export/requests-2023-12-20.ndjson.draft`, "ha")
    // Renamed, and not noted in the books.
    Deno.writeTextFileSync(`${dataDir}/export/requests-2023-12-20.ndjson`, "half")
    yield* round(noon(9))
    assertEquals(files(), ["requests-2023-12-20.ndjson"])
    assertEquals(read("requests-2023-12-20.ndjson").trim().split("\n").length, 2)
  }))

test("S2: the books are looked after every hour, and a minute after they were locked", () =>
  Effect.gen(function* () {
    yield* TestClock.setTime(noon(9))
    const dataDir = yield* temporaryFolder
    const { fill, summed, sql, context } = yield* books(dataDir)
    yield* fill([...sketch(0, 1), ...sketch(9, 1)])
    yield* summed
    const options = { retentionDays: 1, exportDays: false, dataDir }
    const rows = Effect.map(
      sql.unsafe<{ rows: number }>("SELECT count(*) AS rows FROM requests"),
      ([row]) => row!.rows
    )
    const { DatabaseSync } = yield* Effect.promise(() => import("node:sqlite"))
    const other = new DatabaseSync(`${dataDir}/ledger.db`)
    other.exec("BEGIN IMMEDIATE")
    yield* Layer.build(layer(options).pipe(Layer.provide(Layer.succeedContext(context))))
    yield* TestClock.adjust("1 second")
    assertEquals(yield* rows, 2)
    other.exec("ROLLBACK")
    yield* TestClock.adjust("58 seconds")
    assertEquals(yield* rows, 2)
    yield* TestClock.adjust("2 seconds")
    assertEquals(yield* rows, 1)
    yield* fill([...sketch(1, 1), ...sketch(9, 1)])
    yield* TestClock.adjust("59 minutes")
    assertEquals(yield* rows, 3)
    yield* TestClock.adjust("2 minutes")
    assertEquals(yield* rows, 2)
    other.close()
  }))

test("where nothing is to be done nobody is there to do it", () =>
  Effect.gen(function* () {
    const { context } = yield* books()
    const { Supervisor } = yield* Effect.promise(() => import("../../../src/actor/Supervisor.ts"))
    const actors = Effect.map(
      Effect.provide(Supervisor, context),
      (supervisor) => supervisor.children().map(({ name }) => name)
    )
    const start = (options: Omit<HouseOptions, "dataDir">) =>
      Layer.build(
        layer({ ...options, dataDir: "nowhere" }).pipe(
          Layer.provide(Layer.succeedContext(context))
        )
      )
    yield* start({ retentionDays: undefined, exportDays: false })
    assert(!(yield* actors).includes("ledger/house"))
    yield* start({ retentionDays: 9, exportDays: false })
    assert((yield* actors).includes("ledger/house"))
  }))
