/**
 * Whether a file is a ledger that this version of Penstock can write.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { DatabaseSync } from "node:sqlite"
import type { LedgerUnreadable } from "../errors.ts"
import { newest } from "./schema.ts"
import { damaged, refuse, unreadable } from "./unreadable.ts"

/** A file up to this size is read as a whole: that takes a fraction of a second. */
const smallBytes = 64 * 1024 * 1024

/**
 * Fails where the database is damaged, is somebody else's, or was written by a later version. Of a
 * large one only both ends of each table are read: a damage elsewhere is found when it is met.
 */
export const inspect = (
  path: string,
  database: DatabaseSync
): Effect.Effect<void, LedgerUnreadable> =>
  Effect.flatMap(
    Effect.try({ try: () => look(path, database), catch: (cause) => unreadable(path, cause) }),
    (fault) => fault ? Effect.fail(fault) : Effect.void
  )

const look = (path: string, database: DatabaseSync): LedgerUnreadable | undefined => {
  const read = (sql: string) => Object.values(database.prepare(sql).get() ?? {})[0]
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
    .map(({ name }) => String(name))
  if (tables.length === 0) return undefined
  if (!tables.includes("steps")) return damaged(path, "it is the database of another program")

  const step = Number(read("SELECT max(migration_id) FROM steps"))
  if (step > newest) {
    return refuse(
      path,
      `it was written by a later version of Penstock (its tables are at step ${step}, and this ` +
        `version knows ${newest})`,
      "Start that version again, or set PENSTOCK_DATA_DIR to another folder for this one"
    )
  }
  const bytes = Number(read("PRAGMA page_count")) * Number(read("PRAGMA page_size"))
  if (bytes <= smallBytes) {
    const verdict = String(read("PRAGMA quick_check(1)"))
    return verdict === "ok" ? undefined : damaged(path, `it is damaged (${oneLine(verdict)})`)
  }
  for (const table of tables) {
    const keys = database.prepare(`SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk`)
      .all(table).map(({ name }) => String(name))
    for (const order of ["ASC", "DESC"]) {
      database.prepare(
        `SELECT * FROM "${table}" ORDER BY ${keys.map((key) => `"${key}" ${order}`).join(", ")}
          LIMIT 1000`
      ).all()
    }
  }
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim()
