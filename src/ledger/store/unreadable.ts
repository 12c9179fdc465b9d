/**
 * Refusing the start over books that cannot be opened.
 *
 * @module
 */
import { LedgerUnreadable } from "../errors.ts"
import { messageOf, resultCode } from "./sqliteError.ts"

/** The file at `path` cannot be opened, since `cause`. */
export const unreadable = (path: string, cause: unknown): LedgerUnreadable =>
  refuse(path, messageOf(cause), remedies[resultCode(cause) ?? 0] ?? access)

/** The file at `path` is damaged, or is no ledger. */
export const damaged = (path: string, what: string): LedgerUnreadable => refuse(path, what, replace)

/** The books at `path` cannot be opened: `what` is wrong, and `remedy` is what to do. */
export const refuse = (path: string, what: string, remedy: string): LedgerUnreadable =>
  new LedgerUnreadable({
    message: `Cannot open the ledger "${path}": ${what}. It was left as it is. ${remedy}`
  })

const access = "Make the folder readable and writable for the user that runs Penstock, or set " +
  "PENSTOCK_DATA_DIR to another"

const replace =
  "Put back a copy, or move it away together with its -wal and -shm files and start " +
  "again: what is in it is then not counted any more"

const remedies: Readonly<Record<number, string>> = {
  5: "Close the program that has it open, and start again",
  11: replace,
  13: "Make room on the disk, and start again",
  26: replace
}
