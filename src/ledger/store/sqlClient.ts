/**
 * Effect's SQL client over the SQLite that comes with the runtime.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { classifySqliteError, SqlError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite"
import { messageOf, resultCode } from "./sqliteError.ts"

/** A client that shares `database`: what it asks holds up the process until it is answered. */
export const makeSqlClient = (database: DatabaseSync): Effect.Effect<SqlClient.SqlClient> =>
  Effect.flatMap(Reactivity.make, (reactivity) => {
    const options = SqlClient.makeSqliteAcquirers({
      connection: Effect.succeed(connect(database)),
      semaphore: Semaphore.makeUnsafe(1),
      isTransaction: () => database.isTransaction
    })
    return SqlClient.make({
      ...options,
      compiler: Statement.makeCompilerSqlite(),
      driver: "sqlite-node",
      spanAttributes: [["db.system.name", "sqlite"]],
      prepareTransactionControls: true
    }).pipe(Effect.provideService(Reactivity.Reactivity, reactivity))
  })

/** So many statements are kept prepared: those that are written down are few. */
const mostPrepared = 200

const connect = (database: DatabaseSync): Connection => {
  const kept = new Map<string, StatementSync>()
  const prepared = (sql: string): StatementSync => {
    const known = kept.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    if (kept.size >= mostPrepared) kept.clear()
    kept.set(sql, statement)
    return statement
  }
  const ask = <A>(operation: string, work: () => A) =>
    Effect.try({ try: work, catch: (cause) => toSqlError(cause, operation) })
  const rows = (sql: string, parameters: ReadonlyArray<unknown>) =>
    ask("execute", () => prepared(sql).all(...parameters.map(toInput)))
  const execute: Connection["execute"] = (sql, parameters, transform) =>
    transform ? Effect.map(rows(sql, parameters), transform) : rows(sql, parameters)
  const values: Connection["executeValues"] = (sql, parameters) =>
    Effect.map(rows(sql, parameters), (found) => found.map((row) => Object.values(row)))
  return {
    execute,
    executeRaw: (sql, parameters) =>
      ask("execute", () => prepared(sql).run(...parameters.map(toInput))),
    executeStream: (sql, parameters, transform) =>
      Stream.unwrap(Effect.map(execute(sql, parameters, transform), Stream.fromIterable)),
    executeValues: values,
    executeValuesUnprepared: values,
    executeUnprepared: execute
  }
}

const toInput = (value: unknown): SQLInputValue => {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
      return value
    case "boolean":
      return value ? 1 : 0
    default:
      return value === undefined || value === null
        ? null
        : value instanceof Uint8Array
        ? value
        : String(value)
  }
}

const toSqlError = (cause: unknown, operation: string) => {
  const message = messageOf(cause)
  // Effect looks for the number under another name than the driver gives it.
  return new SqlError({
    reason: classifySqliteError({ message, errno: resultCode(cause) }, { message, operation })
  })
}
