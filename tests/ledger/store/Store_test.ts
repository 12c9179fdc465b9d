import { assertEquals, assertLess, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import { DatabaseSync } from "node:sqlite"
import { openStore } from "../../../src/ledger/store/Store.ts"
import { test } from "../../kit/effect.ts"
import { temporaryFolder } from "../../kit/gateway.ts"
import { asked, ledgerOver, opened, rows, settled } from "../store.ts"

/** Why the start is refused. */
const refusal = (dataDir: string) =>
  Effect.map(Effect.flip(Effect.scoped(openStore({ dataDir }))), ({ message }) => message)

const filled = Effect.fnUntraced(function* (dataDir: string, count: number) {
  yield* Effect.scoped(Effect.gen(function* () {
    const { ledger } = yield* ledgerOver({ dataDir })
    yield* Effect.forEach(
      Array.from({ length: count }, (_, n) => `req_${n}`),
      (id) => ledger.open(opened(id)).settle(settled(id)),
      { concurrency: "unbounded", discard: true }
    )
  }))
})

test("the books are one file that only their user can read, kept from start to start", () =>
  Effect.gen(function* () {
    const dataDir = `${yield* temporaryFolder}/deep/data`
    yield* filled(dataDir, 3)
    yield* Effect.scoped(Effect.gen(function* () {
      const { reader, database } = yield* openStore({ dataDir })
      assertEquals(yield* reader`SELECT count(*) AS n FROM requests WHERE caller = ${"ada"}`, [
        Object.assign(Object.create(null), { n: 3 })
      ])
      assertEquals(rows(database, "PRAGMA journal_mode"), [{ journal_mode: "wal" }])
    }))
    assertEquals((Deno.statSync(`${dataDir}/ledger.db`).mode ?? 0) & 0o77, 0)
  }))

test("whoever reads sees one state of the books, and stops no writer", () =>
  Effect.gen(function* () {
    const { ledger, reader } = yield* ledgerOver({ dataDir: yield* temporaryFolder })
    const count = Effect.map(
      reader<{ readonly n: number }>`SELECT count(*) AS n FROM requests`,
      ([row]) => row?.n
    )
    yield* reader.withTransaction(Effect.gen(function* () {
      assertEquals(yield* count, 0)
      yield* ledger.open(opened("req_1")).settle(settled("req_1"))
      assertEquals(yield* count, 0)
    }))
    assertEquals(yield* count, 1)
    yield* ledger.open(opened("req_2")).ask(asked())
  }))

test("S3: what is no database is refused, with what to do, and left as it is", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    const path = `${dataDir}/ledger.db`
    const garbage = "This is not what it seems. ".repeat(1000)
    Deno.writeTextFileSync(path, garbage)
    const message = yield* refusal(dataDir)
    assertStringIncludes(message, path)
    assertStringIncludes(message, "not a database")
    assertStringIncludes(message, "move it away")
    assertEquals(Deno.readTextFileSync(path), garbage)
  }))

test("S3: the database of another program is refused, and left as it is", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    const path = `${dataDir}/ledger.db`
    const other = new DatabaseSync(path)
    other.exec("CREATE TABLE songs (title TEXT)")
    other.close()
    const before = Deno.readFileSync(path)
    assertStringIncludes(yield* refusal(dataDir), "another program")
    assertEquals(Deno.readFileSync(path), before)
  }))

test("S3: books of a later version are refused", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    yield* filled(dataDir, 1)
    const later = new DatabaseSync(`${dataDir}/ledger.db`)
    later.exec("INSERT INTO steps (migration_id, name) VALUES (99, 'later')")
    later.close()
    const message = yield* refusal(dataDir)
    assertStringIncludes(message, "later version")
    assertStringIncludes(message, "99")
  }))

test("books of the version before are brought up to date, with their sums as they were", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    yield* filled(dataDir, 3)
    const read = (sql: string) => rows(dataDir, sql)
    const before = ["days", "months", "spans", "rollup"].map((table) =>
      read(`SELECT * FROM ${table}`)
    )
    const books = new DatabaseSync(`${dataDir}/ledger.db`)
    books.exec("DROP TABLE rollup; DROP TABLE spans; CREATE INDEX requests_day ON requests (day)")
    books.exec("DELETE FROM steps WHERE migration_id = 2")
    books.close()
    yield* Effect.scoped(openStore({ dataDir }))
    const after = ["days", "months", "spans", "rollup"].map((table) =>
      read(`SELECT * FROM ${table}`)
    )
    assertEquals(after, before)
    assertEquals(after.map((rows) => rows.length), [1, 1, 1, 1])
    assertEquals(read("SELECT last FROM rollup"), [{ last: 3 }])
  }))

test("S3: a damaged page is found at the start, whichever it is", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    yield* filled(dataDir, 300)
    const path = `${dataDir}/ledger.db`
    const whole = Deno.readFileSync(path)
    const pages = whole.length / 2048
    let found = 0
    for (let page = 0; page < pages; page++) {
      const broken = whole.slice()
      // The head of each page: what the bytes of a row say, nothing can check.
      const at = page * 2048 + (page === 0 ? 100 : 0)
      for (let n = 0; n < 8; n++) broken[at + n]! ^= 0xff
      Deno.writeFileSync(path, broken)
      const refused = yield* Effect.exit(refusal(dataDir))
      if (refused._tag === "Success") {
        found++
        assertStringIncludes(refused.value, "Put back a copy")
      }
      assertEquals(Deno.readFileSync(path), broken)
    }
    // Pages that hold nothing are nobody's.
    assertEquals([found, pages > 20], [pages, true])
    Deno.writeFileSync(path, whole)
    yield* Effect.scoped(openStore({ dataDir }))
  }))

test("S3: a file that was cut off is refused", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    yield* filled(dataDir, 300)
    const path = `${dataDir}/ledger.db`
    Deno.truncateSync(path, Math.floor(Deno.statSync(path).size / 2))
    assertStringIncludes(yield* refusal(dataDir), path)
  }))

test("two gateways on one folder: the second is refused, until the first is gone", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    yield* Effect.scoped(Effect.gen(function* () {
      yield* openStore({ dataDir })
      assertStringIncludes(yield* refusal(dataDir), "another Penstock")
      assertStringIncludes(yield* refusal(dataDir), "PENSTOCK_DATA_DIR")
    }))
    yield* Effect.scoped(openStore({ dataDir }))
  }))

test("a folder that cannot be made or written is refused, with what to do", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    Deno.writeTextFileSync(`${folder}/file`, "")
    assertStringIncludes(yield* refusal(`${folder}/file/data`), "PENSTOCK_DATA_DIR")
    Deno.mkdirSync(`${folder}/data/ledger.db`, { recursive: true })
    assertStringIncludes(yield* refusal(`${folder}/data`), "PENSTOCK_DATA_DIR")
  }))

test("the start needs nothing but the data folder", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    const script = `
      import * as Effect from "effect/Effect"
      import { openStore } from "./src/ledger/store/Store.ts"
      await Effect.runPromise(Effect.scoped(openStore({ dataDir: ${JSON.stringify(dataDir)} })))
      console.log("opened")`
    const path = new URL("../../../started.ts", import.meta.url)
    const { stdout, stderr } = yield* Effect.promise(() => {
      const folder = `${dataDir}/..`
      const file = `${folder}/penstock-${crypto.randomUUID()}.ts`
      Deno.writeTextFileSync(file, script.replace("./src", new URL("src", path).href))
      return new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--no-prompt",
          "--frozen",
          "--no-check",
          `--config=${new URL("deno.json", path).pathname}`,
          `--allow-read=${dataDir}`,
          `--allow-write=${dataDir}`,
          file
        ]
      }).output().finally(() => Deno.removeSync(file))
    })
    assertEquals(new TextDecoder().decode(stdout), "opened\n", new TextDecoder().decode(stderr))
  }))

test("opening books of thousands of rows takes no time", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    yield* filled(dataDir, 20_000)
    const start = performance.now()
    yield* Effect.scoped(openStore({ dataDir }))
    assertLess(performance.now() - start, 2000)
  }))
