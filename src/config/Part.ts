/**
 * A part of the configuration that can be put, and how to tell its states apart.
 *
 * @module
 */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import { ConfigConflict } from "./errors.ts"

/** A part of the configuration that can be put. */
export interface Part<A> {
  /** Every field filled in. */
  readonly shown: A
  /** Another one after each change of this part; in quotes, as in the header `ETag`. */
  readonly etag: string
}

/** A part, from what is shown of it. */
export const partOf = <A>(shown: A): Part<A> => ({
  shown,
  etag: `"${createHash("sha256").update(JSON.stringify(shown)).digest("base64url").slice(0, 22)}"`
})

/** Fails where `ifMatch`, a header `If-Match`, names another state than the one at hand. */
export const mustMatch = (
  ifMatch: string | undefined,
  { etag }: Part<unknown>
): Effect.Effect<void, ConfigConflict> =>
  ifMatch === undefined || ifMatch.trim() === "*" ||
    ifMatch.split(",").some((one) => one.trim() === etag)
    ? Effect.void
    : Effect.fail(new ConfigConflict({ etag }))
