/**
 * Why the traffic configuration is not changed.
 *
 * @module
 */
import * as Data from "effect/Data"
import type { Issue } from "../domain/GatewayError.ts"

/** It cannot be read or kept. */
export class ConfigStoreError extends Data.TaggedError("ConfigStoreError")<{
  readonly path: string
  readonly message: string
}> {}

/** The change would leave a configuration that does not hold together. */
export class ConfigInvalid extends Data.TaggedError("ConfigInvalid")<{
  /** Each by its path in what was sent, or in the file. */
  readonly issues: ReadonlyArray<Issue>
}> {}

/** Somebody else changed it first. */
export class ConfigConflict extends Data.TaggedError("ConfigConflict")<{
  /** As it is now. */
  readonly etag: string
}> {}

/** That version was never there, or is too old to be kept. */
export class UnknownVersion extends Data.TaggedError("UnknownVersion")<{
  readonly version: number
}> {}
