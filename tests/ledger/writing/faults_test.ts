import { assertEquals, assertLess, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import type { LedgerUnavailable } from "../../../src/ledger/errors.ts"
import { test } from "../../kit/effect.ts"
import { temporaryFolder } from "../../kit/gateway.ts"
import {
  asked,
  begin,
  isOver,
  ledgerOver,
  opened,
  rows,
  settled,
  settleDown,
  stranger
} from "../store.ts"

const ids = "SELECT id FROM requests ORDER BY seq"

const why = (effect: Effect.Effect<void, LedgerUnavailable>) =>
  Effect.map(Effect.flip(effect), ({ why }) => why)

/** Moves the clock as a whole, in steps, with time for what happens meanwhile. */
const pass = (seconds: number) =>
  Effect.repeat(Effect.andThen(TestClock.adjust("250 millis"), settleDown), {
    times: seconds * 4 - 1
  })

test("S1: with a full disk new calls are refused at once, and ends are written when there is room", () =>
  Effect.gen(function* () {
    const { ledger, database } = yield* ledgerOver()
    const pages = Array.from({ length: 30 }, (_, n) => ledger.open(opened(`req_${n}`)))
    yield* Effect.forEach(pages, (page) => page.ask(asked()), { concurrency: "unbounded" })
    const pagesNow = Number(rows(database, "PRAGMA page_count")[0]?.["page_count"])
    database.exec(`PRAGMA max_page_count = ${pagesNow}`)

    const long = { asked: "x".repeat(4000) }
    assertEquals(yield* why(ledger.open(opened("req_x", long)).ask(asked())), "full")
    // Without the clock: nobody waits for the disk.
    for (const [n, page] of pages.entries()) {
      yield* page.settle({ ...settled(`req_${n}`), ...long })
    }
    assertEquals(yield* why(ledger.open(opened("req_y")).ask(asked())), "full")
    const { state, waiting, failures, lost } = ledger.state()
    assertEquals({ state, waiting, failures, lost }, {
      state: "behind",
      waiting: 30,
      failures: 1,
      lost: 0
    })
    yield* pass(10)
    assertEquals([ledger.state().state, ledger.state().waiting], ["behind", 30])
    assertEquals(rows(database, ids), [])

    database.exec("PRAGMA max_page_count = 100000")
    yield* pass(2)
    assertEquals(rows(database, ids).map(({ id }) => id), pages.map((_, n) => `req_${n}`))
    assertEquals([ledger.state().state, ledger.state().waiting], ["open", 0])
    yield* ledger.open(opened("req_z")).ask(asked())
  }))

test("S1: books that nothing waits for find out by themselves that they can be written again", () =>
  Effect.gen(function* () {
    const { ledger, database } = yield* ledgerOver()
    database.exec("PRAGMA query_only = 1")
    assertEquals(yield* why(ledger.open(opened("req_1")).ask(asked())), "failed")
    yield* pass(1)
    assertEquals(ledger.state().state, "behind")
    database.exec("PRAGMA query_only = 0")
    yield* pass(2)
    assertEquals(ledger.state().state, "open")
  }))

test("S1, S13: no more is kept than there is room for, and what is lost is counted", () =>
  Effect.gen(function* () {
    const { ledger, database } = yield* ledgerOver(undefined, { settles: 3 })
    database.exec("PRAGMA query_only = 1")
    const settle = (n: number) => ledger.open(opened(`req_${n}`)).settle(settled(`req_${n}`))
    for (let n = 0; n < 5; n++) yield* settle(n)
    assertEquals([ledger.state().waiting, ledger.state().lost], [3, 2])
    database.exec("PRAGMA query_only = 0")
    yield* pass(1)
    assertEquals(rows(database, ids).map(({ id }) => id), ["req_0", "req_1", "req_2"])
  }))

test("S13: when too many calls wait to be noted, the next ones are refused at once", () =>
  Effect.gen(function* () {
    const { ledger, database } = yield* ledgerOver(undefined, { asks: 2 })
    const results = yield* Effect.all(
      [1, 2, 3].map((n) => Effect.exit(ledger.open(opened(`req_${n}`)).ask(asked()))),
      { concurrency: "unbounded" }
    )
    assertEquals(results.map(({ _tag }) => _tag), ["Success", "Success", "Failure"])
    yield* ledger.open(opened("req_4")).ask(asked())
    assertEquals(rows(database, "SELECT id FROM open ORDER BY page").map(({ id }) => id), [
      "req_1",
      "req_2",
      "req_4"
    ])
  }))

test("S2: a lock of another program is waited for beside other work, for two seconds", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    const { ledger, database } = yield* ledgerOver({ dataDir })
    const other = yield* stranger(dataDir)
    const [first, second, third] = ["req_1", "req_2", "req_3"].map((id) => ledger.open(opened(id)))
    yield* second!.ask(asked())

    other.exec("BEGIN IMMEDIATE")
    const start = performance.now()
    const short = yield* begin(first!.ask(asked()))
    // It has tried and returned: a driver that waits does so for the whole process.
    assertLess(performance.now() - start, 1000)
    yield* pass(1)
    assertEquals(isOver(short), false)
    other.exec("COMMIT")
    yield* pass(1)
    yield* Fiber.join(short)
    assertEquals(ledger.state().state, "open")

    other.exec("BEGIN IMMEDIATE")
    const long = yield* begin(why(third!.ask(asked())))
    const end = yield* begin(second!.settle(settled("req_2")))
    yield* pass(1.5)
    assertEquals([isOver(long), isOver(end)], [false, false])
    yield* pass(1)
    assertEquals(yield* Fiber.join(long), "locked")
    yield* Fiber.join(end)
    assertEquals([ledger.state().state, ledger.state().waiting], ["behind", 1])
    assertEquals(yield* why(third!.ask(asked())), "locked")
    other.exec("COMMIT")
    yield* pass(2)
    assertEquals(rows(database, ids), [{ id: "req_2" }])
    assertEquals(rows(database, "SELECT id FROM open"), [{ id: "req_1" }])
  }))

test("S2: sums that cannot be made for a lock are made later, and nobody is refused for it", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    const { ledger, database } = yield* ledgerOver({ dataDir })
    const inSums = () => rows(database, "SELECT coalesce(sum(requests), 0) AS n FROM days")
    yield* ledger.open(opened("req_1")).settle(settled("req_1"))
    const other = yield* stranger(dataDir)
    other.exec("BEGIN IMMEDIATE")
    yield* pass(4)
    assertEquals([inSums(), ledger.state().state, ledger.state().failures], [[{ n: 0 }], "open", 0])
    other.exec("COMMIT")
    yield* pass(1)
    assertEquals(inSums(), [{ n: 1 }])
    // Nothing is left to do: no timer goes on.
    other.exec("BEGIN IMMEDIATE")
    yield* pass(4)
    other.exec("COMMIT")
    assertEquals([inSums(), ledger.state().failures], [[{ n: 1 }], 0])
  }))

test("S1: sums that cannot be made for a full disk are a fault like any other, and made later", () =>
  Effect.gen(function* () {
    const { ledger, database } = yield* ledgerOver({ dataDir: yield* temporaryFolder })
    // Each of a caller of its own: their sums need pages that there are not.
    for (let n = 0; n < 200; n++) {
      const more = { caller: `${n}`.repeat(20) }
      yield* ledger.open(opened("req", more)).settle(settled("req", [], more))
    }
    const [pages] = rows(database, "PRAGMA page_count")
    database.exec(`PRAGMA max_page_count = ${pages?.["page_count"]}`)
    yield* pass(2)
    assertEquals(ledger.state().state, "behind")
    assertEquals(rows(database, "SELECT count(*) AS n FROM days"), [{ n: 0 }])
    database.exec("PRAGMA max_page_count = 1000000")
    yield* pass(4)
    assertEquals(ledger.state().state, "open")
    assertEquals(rows(database, "SELECT sum(requests) AS n FROM days"), [{ n: 200 }])
  }))

test("S3: books that turn out to be damaged are not written any more", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    const { ledger, database } = yield* ledgerOver({ dataDir })
    yield* ledger.open(opened("req_1")).settle(settled("req_1"))
    // A page of a table becomes one that no table has.
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)")
    const page = Number(
      rows(database, "SELECT rootpage FROM sqlite_schema WHERE name = 'open'")[0]?.["rootpage"]
    )
    const file = Deno.openSync(`${dataDir}/ledger.db`, { write: true })
    file.seekSync((page - 1) * 2048, Deno.SeekMode.Start)
    file.writeSync(new Uint8Array(2048).fill(0x77))
    file.close()
    database.exec("PRAGMA shrink_memory")
    database.exec("PRAGMA cache_size = 1")
    const other = yield* stranger(dataDir)
    other.exec("PRAGMA user_version = 7")

    assertEquals(yield* why(ledger.open(opened("req_2")).ask(asked())), "broken")
    assertEquals(ledger.state().state, "broken")
    yield* ledger.open(opened("req_3")).settle(settled("req_3"))
    yield* pass(5)
    const { state, lost, waiting } = ledger.state()
    assertEquals({ state, lost, waiting }, { state: "broken", lost: 1, waiting: 0 })
  }))

test("S5: where the books are to outlive a power cut, each commit is written through to the disk", () =>
  Effect.gen(function* () {
    const synchronous = (durability: "power" | "process") =>
      Effect.scoped(Effect.gen(function* () {
        const { database } = yield* ledgerOver({ dataDir: yield* temporaryFolder, durability })
        return rows(database, "PRAGMA synchronous")[0]?.["synchronous"]
      }))
    assertEquals(yield* synchronous("power"), 2)
    assertEquals(yield* synchronous("process"), 1)
  }))

test("P5: when the writer crashes nobody hangs, and what has to be written is kept for the next", () =>
  Effect.gen(function* () {
    const { ledger, database, begins } = yield* ledgerOver()
    const page = ledger.open(opened("req_1"))
    yield* page.ask(asked())
    begins.crash = true
    const [ask, settle] = [
      yield* begin(why(ledger.open(opened("req_2")).ask(asked()))),
      yield* begin(page.settle(settled("req_1")))
    ]
    assertEquals(yield* Fiber.join(ask), "failed")
    yield* Fiber.join(settle)
    assertEquals(yield* why(ledger.open(opened("req_3")).ask(asked())), "failed")
    assertEquals([ledger.state().state, ledger.state().waiting], ["behind", 1])

    begins.crash = false
    yield* pass(1)
    assertEquals(rows(database, ids), [{ id: "req_1" }])
    yield* ledger.open(opened("req_4")).ask(asked())
    assertEquals(ledger.state().state, "open")
  }))

test("P5: a writer that is given up fails everybody at once", () =>
  Effect.gen(function* () {
    const { ledger, begins } = yield* ledgerOver()
    begins.crash = true
    for (let n = 0; n < 12; n++) {
      yield* ledger.open(opened(`req_${n}`)).settle(settled(`req_${n}`))
      yield* pass(5)
    }
    const failure = yield* Effect.flip(ledger.open(opened("req_x")).ask(asked()))
    assertStringIncludes(failure.why, "failed")
    assertEquals(ledger.state().waiting, 12)
    begins.crash = false
  }))
