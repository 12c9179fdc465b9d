/**
 * What SQLite says when it does not do what it was asked.
 *
 * @module
 */
import { hasProperty } from "effect/Predicate"

/** The result code of SQLite that `cause` stands for; `undefined` where it is none of SQLite's. */
export const resultCode = (cause: unknown): number | undefined => {
  if (hasProperty(cause, "errcode") && typeof cause.errcode === "number") {
    return cause.errcode & 0xff
  }
  return hasProperty(cause, "code") && cause.code === "ERR_SQLITE_ERROR"
    ? codes.find(([text]) => messageOf(cause).includes(text))?.[1] ?? 1
    : undefined
}

/** One line that says what was wrong. */
export const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause)

/** Where a statement could not even be prepared, the driver keeps the words alone. */
const codes: ReadonlyArray<readonly [string, number]> = [
  ["is locked", 5],
  ["readonly database", 8],
  ["disk I/O error", 10],
  ["malformed", 11],
  ["disk is full", 13],
  ["unable to open", 14],
  ["constraint failed", 19],
  ["not a database", 26]
]
