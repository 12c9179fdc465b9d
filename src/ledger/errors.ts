/**
 * What can be wrong with the books.
 *
 * @module
 */
import * as Data from "effect/Data"

/** The books cannot be written now. */
export class LedgerUnavailable extends Data.TaggedError("LedgerUnavailable")<{
  /** `full`: the disk is; `locked`: by another program; `crowded`: too much waits to be written. */
  readonly why: "full" | "locked" | "broken" | "crowded" | "failed"
}> {}

/** The books cannot be opened: the start is refused, with what is wrong and what to do. */
export class LedgerUnreadable extends Data.TaggedError("LedgerUnreadable")<{
  readonly message: string
}> {}
