/**
 * Why a caller is not let in, or the gateway does not start. No message holds a credential.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Principal, Scope } from "../domain/Principal.ts"

/** How to send a credential, as a sentence for the caller. */
export const howToSend = 'Send your key as "X-API-Key: <key>" or "Authorization: Bearer <key>"'

/** What was wrong with a credential: for metrics and logs, never for the caller. */
export type Refusal =
  /** None was sent. */
  | "missing"
  /** More than 8 KiB: not looked at. */
  | "too_long"
  /** It looks like a key of ours, and is mistyped or cut: its checksum is wrong. */
  | "malformed"
  /** No key of ours. */
  | "unknown"
  /** A token that does not hold; `tokenFault` says why. */
  | "invalid_token"

/** What was wrong with a token: for metrics and logs, never for the caller. */
export type TokenFault =
  /** Not three parts in base64url, or no JSON inside. */
  | "shape"
  /** Signed by an algorithm that is not allowed here, or not at all. */
  | "algorithm"
  /** Signed by a key that is unknown, or cannot be told from another. */
  | "key"
  | "signature"
  | "expired"
  /** Its `nbf` is in the future. */
  | "not_yet"
  | "issuer"
  | "audience"
  /** `sub` is absent, empty, no string, or longer than 255 characters. */
  | "subject"
  /** Another claim is absent or of the wrong type. */
  | "claim"

/** The caller did not prove who it is: 401. */
export class Unauthorized extends Data.TaggedError("Unauthorized")<{
  /** The same for every credential that was refused, whatever was wrong with it. */
  readonly message: string
  readonly why: Refusal
  readonly tokenFault?: TokenFault | undefined
}> {}

/** The refusal of a credential, in the words for its caller. */
export const unauthorized = (why: Refusal, tokenFault?: TokenFault): Unauthorized =>
  new Unauthorized({
    message: why === "missing"
      ? `No API key was sent. ${howToSend}`
      : `The API key or token that was sent is not valid. ${howToSend}`,
    why,
    tokenFault
  })

/** The caller's credentials contradict each other, or came in a place that is not private: 400. */
export class BadCredentials extends Data.TaggedError("BadCredentials")<{
  readonly message: string
  /** Whether one was in the address: it is public now. */
  readonly inAddress: boolean
}> {}

/** It cannot be known at the moment whether the caller is who it says: 503, never let in. */
export class AuthUnavailable extends Data.TaggedError("AuthUnavailable")<{
  readonly message: string
  /** From 1. */
  readonly retryAfterSeconds: number
}> {}

/** The caller is known, and may not do this: 403. */
export class Forbidden extends Data.TaggedError("Forbidden")<{
  readonly message: string
  /** What it would need. */
  readonly scope: Scope
}> {}

/** A setting that the gateway cannot start with. */
export class AuthConfigError extends Data.TaggedError("AuthConfigError")<{
  /** The name of the environment variable. */
  readonly setting: string
  readonly message: string
}> {}

/** The stored keys cannot be read or written. */
export class KeyStoreError extends Data.TaggedError("KeyStoreError")<{
  readonly path: string
  readonly message: string
}> {}

/** Lets through who may do `scope`. */
export const requireScope = (principal: Principal, scope: Scope): Effect.Effect<void, Forbidden> =>
  principal.scopes.has(scope) ? Effect.void : Effect.fail(
    new Forbidden({
      message: `This needs the scope "${scope}", which your key or token does not have. ` +
        "Use one that has it, or ask an administrator for one",
      scope
    })
  )
