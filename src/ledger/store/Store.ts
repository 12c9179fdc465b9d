/**
 * The file of the books: `ledger.db` in the data folder, one SQLite database in WAL mode.
 *
 * Who reads (usage, export, retention) asks for Effect's own `SqlClient`
 * (`effect/sql/SqlClient`): `Ledger.layer` and `Ledger.layerMemory` provide it beside `Ledger`. It is
 * a connection of its own, so that what it reads is one state of the books, whatever the writer
 * does meanwhile. An answer holds up the whole process: read in pages, write a single statement, and
 * leave no transaction open across other work.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"
import { DatabaseSync } from "node:sqlite"
import type { LedgerUnreadable } from "../errors.ts"
import { inspect } from "./inspect.ts"
import { lockFolder } from "./lock.ts"
import { steps } from "./schema.ts"
import { makeSqlClient } from "./sqlClient.ts"
import { unreadable } from "./unreadable.ts"

/** What a settled request must outlive: a crash of the process, or a power cut too. */
export type Durability = "process" | "power"

/** Where the books are, and what they outlive. */
export interface StoreOptions {
  /** The data folder, made where it is absent. `undefined`: the books are forgotten with the process. */
  readonly dataDir: string | undefined
  /** Default: `process`. */
  readonly durability?: Durability | undefined
}

/** The books, opened. */
export interface Store {
  /** The file, or `:memory:`. */
  readonly path: string
  /** The writer's connection. */
  readonly database: DatabaseSync
  /** For everybody else: a connection of its own, but for books in memory. */
  readonly reader: SqlClient.SqlClient
}

/** Opens the books, and brings their tables up to date; nothing is ever deleted or begun anew. */
export const openStore = Effect.fn("Store.open")(
  function* (options: StoreOptions): Effect.fn.Return<Store, LedgerUnreadable, Scope.Scope> {
    const { dataDir, durability = "process" } = options
    const path = dataDir === undefined ? ":memory:" : `${dataDir}/ledger.db`
    if (dataDir !== undefined) {
      yield* lockFolder(dataDir)
      // Made here, so that nobody else can read it: SQLite does not care.
      const own = { create: true, write: true, mode: 0o600 }
      yield* attempt(path, () => Deno.openSync(path, own).close())
    }
    const database = yield* connect(path)
    // Before anything is changed of it: it may be somebody else's.
    yield* inspect(path, database)
    yield* setUp(path, database, durability)
    const sql = yield* makeSqlClient(database)
    yield* migrate(path, sql)
    if (dataDir === undefined) return { path, database, reader: sql }
    const other = yield* connect(path)
    yield* setUp(path, other, durability)
    return { path, database, reader: yield* makeSqlClient(other) }
  }
)

/** A connection that never waits for a lock: waiting would hold up the whole process. */
const connect = (path: string) =>
  Effect.acquireRelease(
    attempt(path, () => new DatabaseSync(path, { timeout: 0 })),
    // The last one to leave puts the WAL file into the database.
    (database) => Effect.sync(() => database.close())
  )

const setUp = (path: string, database: DatabaseSync, durability: Durability) =>
  attempt(path, () => {
    // A commit writes every page that it touches: small ones make it a quarter cheaper. It counts for a
    // file that is new.
    database.exec("PRAGMA page_size = 2048")
    database.prepare("PRAGMA journal_mode = WAL").get()
    database.exec(`
      PRAGMA synchronous = ${durability === "power" ? "FULL" : "NORMAL"};
      PRAGMA temp_store = MEMORY;
      PRAGMA wal_autocheckpoint = ${checkpointPages};
      PRAGMA cache_size = -16000;
      PRAGMA journal_size_limit = 67108864;
    `)
  })

/**
 * So many pages of 2 KiB are gathered before they are put into the database, which waits for the disk and
 * holds up everybody for some 20 ms, however few they are.
 */
const checkpointPages = 8000

const attempt = <A>(path: string, work: () => A) =>
  Effect.try({ try: work, catch: (cause) => unreadable(path, cause) })

const migrate = (path: string, sql: SqlClient.SqlClient) =>
  Migrator.make({})({
    loader: Migrator.fromRecord(
      Object.fromEntries(
        Object.entries(steps).map((
          [name, statements]
        ) => [name, Effect.forEach(statements, (text) => sql.unsafe(text), { discard: true })])
      )
    ),
    table: "steps"
  }).pipe(
    Effect.provideService(SqlClient.SqlClient, sql),
    Effect.catch((error) => Effect.fail(unreadable(path, error)))
  )
