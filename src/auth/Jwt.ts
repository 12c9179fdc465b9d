/**
 * Bearer tokens: whose they are, if they hold.
 *
 * @module
 */
import { createHash } from "node:crypto"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as EffectScope from "effect/Scope"
import { type JWTPayload, jwtVerify, type JWTVerifyGetKey } from "jose"
import type { Principal } from "../domain/Principal.ts"
import { type AuthUnavailable, type TokenFault, type Unauthorized, unauthorized } from "./errors.ts"
import type { CheckedJwtSettings } from "./jwtSettings.ts"
import { faultOf, principalOf } from "./claims.ts"
import * as RemoteKeys from "./RemoteKeys.ts"
import * as TokenCache from "./TokenCache.ts"

/** Tells whose a token is. */
export interface JwtVerifier {
  /** Whose `token` is; the error tells its reason only to metrics and logs. */
  readonly verify: (token: string) => Effect.Effect<Principal, Unauthorized | AuthUnavailable>
  /** How old the identity provider's keys are, in milliseconds; `undefined` without any. */
  readonly keysAge: Effect.Effect<number | undefined>
}

const maxLength = 8 * 1024
const shape = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/
/** How long a good token is not checked again, in milliseconds. */
const rememberFor = 60_000
const rememberAtMost = 10_000

/** Whether `credential` could be a token: whether it has the two dots of one. */
export const looksLikeToken = (credential: string): boolean => {
  const dot = credential.indexOf(".")
  const second = dot < 0 ? dot : credential.indexOf(".", dot + 1)
  return second >= 0 && credential.indexOf(".", second + 1) < 0
}

/** A verifier as set; it fetches and refreshes keys while its scope is open. */
export const make = Effect.fn("Jwt.make")(
  function* (
    settings: CheckedJwtSettings
  ): Effect.fn.Return<JwtVerifier, never, EffectScope.Scope> {
    const source = yield* settings._tag === "Secret"
      ? fromSecret(settings.secret)
      : RemoteKeys.make(settings.url)
    const options = {
      // Never the token's own choice, and never one of a secret for a public key.
      algorithms: settings._tag === "Secret" ? ["HS256"] : ["RS256", "PS256", "ES256", "EdDSA"],
      requiredClaims: ["exp", "sub"],
      clockTolerance: 30,
      ...(settings.issuer === undefined ? {} : { issuer: settings.issuer }),
      ...(settings.audience === undefined ? {} : { audience: settings.audience })
    }

    const check = (token: string, keys: JWTVerifyGetKey) =>
      Effect.flatMap(DateTime.nowAsDate, (currentDate) =>
        Effect.tryPromise({
          try: () => jwtVerify(token, keys, { ...options, currentDate }),
          catch: faultOf
        }))

    const checkAgain = Effect.fnUntraced(function* (token: string, before: JWTVerifyGetKey) {
      yield* source.refresh
      const keys = yield* source.current
      if (keys === before) return yield* refuse("key")
      return yield* Effect.mapError(check(token, keys), refusal)
    })

    const remembered = TokenCache.make<Principal>(rememberAtMost)

    const verify = Effect.fnUntraced(
      function* (token: string): Effect.fn.Return<Principal, Unauthorized | AuthUnavailable> {
        if (token.length > maxLength) return yield* unauthorized("too_long")
        if (!shape.test(token)) return yield* refuse("shape")
        // Before the cache: keys that are too old vouch for nobody.
        const keys = yield* source.current
        const now = yield* Clock.currentTimeMillis
        const digest = createHash("sha256").update(token).digest("base64url")
        const known = remembered.get(digest, now)
        if (known) return known
        const { payload } = yield* check(token, keys).pipe(
          Effect.catch((fault) => fault === "key" ? checkAgain(token, keys) : refuse(fault))
        )
        const principal = principalOf(payload)
        if (!principal) return yield* refuse("subject")
        remembered.set(digest, principal, until(payload, now))
        return principal
      }
    )

    return { verify, keysAge: source.age }
  }
)

const refusal = (fault: TokenFault) => unauthorized("invalid_token", fault)
const refuse = (fault: TokenFault) => Effect.fail(refusal(fault))

/** The tolerance for clocks that differ is for the check, not for the memory. */
const until = ({ exp }: JWTPayload, now: number): number =>
  Math.min(now + rememberFor, (exp ?? 0) * 1000)

const fromSecret = (secret: Uint8Array<ArrayBuffer>): Effect.Effect<RemoteKeys.RemoteKeys> =>
  Effect.map(
    Effect.promise(() =>
      crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["verify"])
    ),
    (key) => ({
      current: Effect.succeed(() => key),
      refresh: Effect.void,
      age: Effect.succeed(undefined)
    })
  )
