/**
 * An identity provider on this machine, and tokens as it or an impostor would sign them.
 *
 * @module
 */
import { Buffer } from "node:buffer"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import type * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT
} from "jose"
import type { JwtSettings } from "../../src/auth/AuthSettings.ts"
import * as Jwt from "../../src/auth/Jwt.ts"
import { checkJwtSettings } from "../../src/auth/jwtSettings.ts"

/** A pair of keys; `jwk` is the public one, as a provider shows it. */
export interface SigningKey {
  readonly alg: string
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly jwk: JWK
}

/** A new pair of keys. */
export const signingKey = async (alg: string, kid: string): Promise<SigningKey> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...await exportJWK(publicKey), kid, alg, use: "sig" }
  return { alg, kid, privateKey, publicKey, jwk }
}

/** Claims that hold while the clock is below an hour; tests begin at 0. */
export const goodClaims = { iss: "https://id.test", aud: "penstock", sub: "ada", exp: 3600 }

/** A token with `claims`, signed with `key`; `header` adds to what its header says. */
export const sign = (
  key: SigningKey,
  claims: JWTPayload = goodClaims,
  header: Record<string, unknown> = {}
): Effect.Effect<string> =>
  Effect.promise(() =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
      .sign(key.privateKey)
  )

/** A token of any parts, with any signature. */
export const forge = (
  header: unknown,
  claims: unknown,
  signature: (input: string) => string
): string => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")
  const input = `${part(header)}.${part(claims)}`
  return `${input}.${signature(input)}`
}

/** A provider whose behaviour a test sets. */
export interface IdentityProvider {
  readonly url: string
  /** How often it was asked. */
  hits: number
  /** What it answers next. */
  answer: () => Response
  /** Waits, on real time, until it was asked `times` times. */
  readonly asked: (times: number) => Effect.Effect<void, unknown, TestClock.TestClock>
}

/** An answer that shows `keys`. */
export const showing = (...keys: ReadonlyArray<SigningKey>) => (): Response =>
  Response.json({ keys: keys.map(({ jwk }) => jwk) })

/** A provider that shows `keys`, on a free port while the scope is open. */
export const identityProvider = (
  ...keys: ReadonlyArray<SigningKey>
): Effect.Effect<IdentityProvider, never, Scope.Scope> =>
  Effect.gen(function* () {
    const waiting = new Map<number, Deferred.Deferred<void>>()
    const server = yield* Effect.acquireRelease(
      Effect.sync(() =>
        Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
          provider.hits++
          const waiter = waiting.get(provider.hits)
          if (waiter) Effect.runSync(Deferred.succeed(waiter, undefined))
          return provider.answer()
        })
      ),
      (server) => Effect.promise(() => server.shutdown())
    )
    const provider: IdentityProvider = {
      url: `http://127.0.0.1:${server.addr.port}/keys`,
      hits: 0,
      answer: showing(...keys),
      asked: (times) =>
        Effect.suspend(() => {
          if (provider.hits >= times) return Effect.void
          const waiter = Deferred.makeUnsafe<void>()
          waiting.set(times, waiter)
          return TestClock.withLive(Effect.timeout(Deferred.await(waiter), "10 seconds"))
        })
    }
    return provider
  })

/** A verifier with `settings`. */
export const verifier = (settings: JwtSettings) =>
  Effect.flatMap(checkJwtSettings(settings), (checked) => Jwt.make(checked!))

/** Settings for tokens of `provider`. */
export const trusting = ({ url }: { readonly url: string }): JwtSettings => ({
  jwksUrl: url,
  issuer: goodClaims.iss,
  audience: goodClaims.aud
})

/** Runs `body` with a list that its log goes to instead of the console. */
export const withLog = <A, E, R>(
  body: (lines: Array<string>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => {
  const lines: Array<string> = []
  const logger = Logger.make<unknown, void>(({ message }) => {
    lines.push(String(message))
  })
  return body(lines).pipe(Effect.provide(Logger.layer([logger])))
}
