import { assertEquals, assertLess, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { DatabaseSync } from "node:sqlite"
import { rowsOf } from "../../../src/ledger/reading/rows.ts"
import { usageOf } from "../../../src/ledger/reading/usage.ts"
import { steps } from "../../../src/ledger/store/schema.ts"
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

test("books of the first version are brought up to date, and all that they said they say", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    const old = new DatabaseSync(`${dataDir}/ledger.db`)
    old.exec(`CREATE TABLE steps (
      migration_id INTEGER PRIMARY KEY NOT NULL,
      created_at DATETIME NOT NULL DEFAULT current_timestamp,
      name VARCHAR(255) NOT NULL
    )`)
    old.exec("INSERT INTO steps (migration_id, name) VALUES (1, 'books')")
    for (const step of steps["1_books"]!) old.exec(step)
    const taken = "10, 5, 0, 0, 0, 'reported', 999, 111"
    for (const [seq, day] of [[1, 7], [2, 8], [5, 7]]) {
      old.exec(
        `INSERT INTO requests VALUES (${seq}, 'req_${seq}', ${day} * 86400000, ${day}, 'ada', 'auto',
        0, 3, NULL, 'ok', 'gpt-4', 'openai', 1, ${taken}, 12.5, NULL, 0, 10)`
      )
      old.exec(
        `INSERT INTO attempts VALUES (${seq}, 1, 'gpt-4@openai', 'gpt-4', 'openai', 1.5, NULL,
        'answered', NULL, 10, 0, NULL, 1, ${taken}, 1)`
      )
      old.exec(
        `INSERT INTO days VALUES (${day}, 'ada', 'gpt-4', 'openai', 1, 0, 0, 0, 10, 5, 0, 0, 0, 999, 111)
        ON CONFLICT DO UPDATE SET requests = requests + 1`
      )
    }
    old.exec(`INSERT INTO prices VALUES (1, '{"input":1,"output":2}')`)
    const attempts = old.prepare("SELECT * FROM attempts ORDER BY seq").all()
    old.close()

    yield* Effect.scoped(Effect.gen(function* () {
      const { reader, ledger } = yield* ledgerOver({ dataDir })
      const { seq: _, ...first } = { ...rows(dataDir, "SELECT * FROM attempts")[0] }
      assertEquals(
        rows(dataDir, "SELECT * FROM attempts ORDER BY seq"),
        attempts.map((row) => ({ ...row }))
      )
      assertEquals(rows(dataDir, "SELECT * FROM spans"), [
        { day: 7, first: 1, last: 5 },
        { day: 8, first: 2, last: 2 }
      ])
      const period = { start: 7, end: 7 }
      const lines = yield* Stream.runCollect(rowsOf(reader, { period }))
      assertEquals(lines.map((line) => JSON.parse(line).attempts[0]["rates"]), [
        { input: 1, output: 2 },
        { input: 1, output: 2 }
      ])
      const { groups } = yield* usageOf(reader, { period, groupBy: "key" })
      assertEquals(groups.map(({ totals }) => totals.requests), [2n])
      // What is new goes on from there.
      yield* ledger.open(opened("new")).settle(settled("new"))
      const after = rows(dataDir, "SELECT * FROM attempts ORDER BY seq")
      assertEquals(after.map(({ seq }) => seq), [1, 2, 5, 6])
      assertEquals(Object.keys(after[3]!), ["seq", ...Object.keys(first)])
    }))
    assertEquals(rows(dataDir, "SELECT last FROM rollup"), [{ last: 6 }])
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
