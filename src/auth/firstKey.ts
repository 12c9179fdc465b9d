/**
 * The first admin key: nobody is let in without one, so there is always one.
 *
 * @module
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { scopes } from "../domain/Principal.ts"
import * as ApiKey from "./ApiKey.ts"
import { AuthConfigError, type KeyStoreError } from "./errors.ts"
import { KeyStore } from "./KeyStore.ts"

/** Where the first admin key is from. */
export type FirstKey =
  /** The operator set it; `key` is as it must be sent, and kept nowhere. */
  | { readonly _tag: "Configured"; readonly key: Redacted.Redacted<string> }
  /** It was made just now: to be shown this once. Only its hash was kept. */
  | { readonly _tag: "Made"; readonly id: string; readonly key: Redacted.Redacted<string> }
  /** There are keys already. */
  | { readonly _tag: "Kept" }

const setting = "PENSTOCK_API_KEY"
const advice = "Set it to a long random text, or leave it out and Penstock makes a key"

/** The key that the operator set, checked; with a warning where it could be guessed. */
export const configuredKey = Effect.fn("configuredKey")(
  function* (
    apiKey: Redacted.Redacted<string>
  ): Effect.fn.Return<Redacted.Redacted<string>, AuthConfigError> {
    // Secret files end in a newline, and no header can hold one.
    const key = Redacted.value(apiKey).trim()
    if (key === "") {
      return yield* new AuthConfigError({ setting, message: `${setting} is empty. ${advice}` })
    }
    // deno-lint-ignore no-control-regex
    if (/[\u0000-\u001f\u007f]/.test(key)) {
      return yield* new AuthConfigError({
        setting,
        message: `${setting} has a line break or another control character in it, which no ` +
          `client can send. ${advice}`
      })
    }
    if (key.length < 20) {
      yield* Effect.logWarning(
        `${setting} has only ${key.length} characters and could be guessed. ${advice}`
      )
    }
    return Redacted.make(key, { label: "API key" })
  }
)

/** Sees to it that there is an admin key: the operator's, a kept one, or else a new one. */
export const firstKey = Effect.fn("firstKey")(
  function* (
    apiKey: Redacted.Redacted<string> | undefined
  ): Effect.fn.Return<FirstKey, AuthConfigError | KeyStoreError, KeyStore> {
    if (apiKey !== undefined) return { _tag: "Configured", key: yield* configuredKey(apiKey) }
    const store = yield* KeyStore
    if (store.list().length > 0) return { _tag: "Kept" }
    const { id, key, sha256 } = yield* ApiKey.make
    const createdAt = DateTime.formatIso(yield* DateTime.now)
    yield* store.add({ id, name: "first key", sha256, scopes, createdAt })
    return { _tag: "Made", id, key }
  }
)
