/**
 * Who is calling: an API key or a token for a name and what it may do.
 *
 * @module
 */
import { Buffer } from "node:buffer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { type Principal, type Scope, scopes } from "../domain/Principal.ts"
import * as ApiKey from "./ApiKey.ts"
import type { AuthSettings } from "./AuthSettings.ts"
import { credentialOf } from "./credential.ts"
import {
  type AuthConfigError,
  type AuthUnavailable,
  type BadCredentials,
  type KeyStoreError,
  type Unauthorized,
  unauthorized
} from "./errors.ts"
import { type FirstKey, firstKey } from "./firstKey.ts"
import * as Jwt from "./Jwt.ts"
import { checkJwtSettings } from "./jwtSettings.ts"
import { type KeyRecord, KeyStore } from "./KeyStore.ts"

/** Who is calling, or why that is not told. */
export type Authenticated = Effect.Effect<
  Principal,
  Unauthorized | BadCredentials | AuthUnavailable
>

/** A key that would be let in. */
interface Admitted {
  readonly digest: ApiKey.Digest
  readonly answer: Authenticated
}

const maxLength = 8 * 1024

const admit = (
  digest: ApiKey.Digest,
  id: string,
  name: string,
  scopes: ReadonlyArray<Scope>
): Admitted => ({
  digest,
  answer: Effect.succeed({ id, kind: "api_key", name, scopes: new Set(scopes) })
})

const make = Effect.fn("Authenticator.make")(function* (settings: AuthSettings) {
  // First, so that no first key is made and lost when the settings are wrong.
  const jwtSettings = settings.jwt && (yield* checkJwtSettings(settings.jwt))
  const jwt = jwtSettings && (yield* Jwt.make(jwtSettings))
  const store = yield* KeyStore
  const first = yield* firstKey(settings.apiKey)

  const configured = first._tag === "Configured" ? fromConfigured(first.key) : undefined
  const configuredLooksMade = first._tag === "Configured" &&
    Redacted.value(first.key).startsWith(ApiKey.prefix)
  const stored = new WeakMap<KeyRecord, Admitted>()

  const find = (id: string): Admitted | undefined => {
    const record = store.find(id)
    if (!record) return undefined
    const known = stored.get(record)
    if (known) return known
    const { sha256, name, scopes } = record
    const admitted = admit(ApiKey.fromHex(sha256), id, name, scopes)
    stored.set(record, admitted)
    return admitted
  }

  const authenticate = (headers: Headers): Authenticated => {
    const credential = credentialOf(headers)
    if (typeof credential !== "string") return Effect.fail(credential)
    if (credential.length > maxLength) return refuse("too_long")
    const id = ApiKey.idOf(credential)
    if (id === undefined && credential.startsWith(ApiKey.prefix) && !configuredLooksMade) {
      return refuse("malformed")
    }
    // The operator's own key may look like one that was made.
    const found = (id === undefined ? undefined : find(id)) ?? configured
    if (ApiKey.matches(ApiKey.digest(credential), found?.digest) && found) return found.answer
    return jwt && Jwt.looksLikeToken(credential) ? jwt.verify(credential) : refuse("unknown")
  }

  return Authenticator.of({
    authenticate,
    firstKey: first,
    keysAge: jwt ? jwt.keysAge : Effect.succeed(undefined)
  })
})

const refuse = (why: "too_long" | "malformed" | "unknown") => Effect.fail(unauthorized(why))

// As a header shows it: one character for each byte.
const fromConfigured = (key: Redacted.Redacted<string>): Admitted =>
  admit(
    ApiKey.digest(Buffer.from(Redacted.value(key)).toString("latin1")),
    "configured",
    "PENSTOCK_API_KEY",
    scopes
  )

/** Who is calling. */
export class Authenticator extends Context.Service<Authenticator, {
  /**
   * Who sends these headers. For an API key the answer is there at once, as an `Exit`; only a token
   * may have to be waited for.
   */
  readonly authenticate: (headers: Headers) => Authenticated
  /** Where the first admin key is from; one that was made must be shown now or is lost. */
  readonly firstKey: FirstKey
  /** How old the identity provider's keys are, in milliseconds; `undefined` without any. */
  readonly keysAge: Effect.Effect<number | undefined>
}>()("penstock/auth/Authenticator") {
  /** As set, but with keys kept elsewhere than in the folder of the settings. */
  static readonly layerNoDeps = (
    settings: AuthSettings
  ): Layer.Layer<Authenticator, AuthConfigError | KeyStoreError, KeyStore> =>
    Layer.effect(Authenticator, make(settings))

  /** As set; there is an admin key once this is built. */
  static readonly layer = (
    settings: AuthSettings
  ): Layer.Layer<Authenticator | KeyStore, AuthConfigError | KeyStoreError> =>
    this.layerNoDeps(settings).pipe(Layer.provideMerge(KeyStore.layerFile(settings.dataDir)))
}
