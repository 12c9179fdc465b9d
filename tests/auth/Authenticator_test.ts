import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import crypto from "node:crypto"
import { crc32 } from "node:zlib"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { type Scope, scopes } from "../../src/domain/Principal.ts"
import * as ApiKey from "../../src/auth/ApiKey.ts"
import { Authenticator } from "../../src/auth/Authenticator.ts"
import type { AuthSettings, JwtSettings } from "../../src/auth/AuthSettings.ts"
import { KeyStore } from "../../src/auth/KeyStore.ts"
import { test } from "../kit/effect.ts"
import { forge, goodClaims } from "./identityProvider.ts"

const secret = "0123456789abcdef0123456789abcdef"

/** Ends a key as made here: CRC-32 in base 62. */
const withChecksum = (body: string): string => {
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  let rest = crc32(body)
  let written = ""
  for (; written.length < 6; rest = Math.floor(rest / 62)) written = digits[rest % 62] + written
  return body + written
}

const own = "correct horse battery staple"

const withAuth = (settings: { readonly apiKey?: string; readonly jwt?: JwtSettings }) =>
  Effect.provide(
    Authenticator.layerNoDeps({
      apiKey: settings.apiKey === undefined ? undefined : Redacted.make(settings.apiKey),
      dataDir: "nowhere",
      jwt: settings.jwt
    }).pipe(Layer.provideMerge(KeyStore.layerMemory))
  )

const token = (claims: object = goodClaims, key = secret) =>
  forge(
    { alg: "HS256" },
    claims,
    (input) => crypto.createHmac("sha256", key).update(input).digest("base64url")
  )

/** Adds a key that may do `scopes`, and tells it. */
const addKey = (...scopes: ReadonlyArray<Scope>) =>
  Effect.gen(function* () {
    const { id, key, sha256 } = yield* ApiKey.make
    const createdAt = "2025-01-01T00:00:00.000Z"
    yield* (yield* KeyStore).add({ id, name: "Ada's", sha256, scopes, createdAt })
    return { id, key: Redacted.value(key) }
  })

const authenticate = (headers: Record<string, string>) =>
  Effect.flatMap(Authenticator, (it) => it.authenticate(new Headers(headers)))

/** The refusal of `key`, which must not be in it, in either header. */
const refusal = (key: string) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(authenticate({ "x-api-key": key }))
    const other = yield* Effect.flip(authenticate({ authorization: `Bearer ${key}` }))
    if (error._tag !== "Unauthorized") throw error
    assertEquals(other, error)
    assert(!(JSON.stringify(error) + error.message + error.stack).includes(key))
    return error.why
  })

/** How often digests are compared while `body` runs. */
const comparisons = <A, E, R>(body: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const original = crypto.timingSafeEqual
      const counted = { times: 0, restore: () => crypto.timingSafeEqual = original }
      crypto.timingSafeEqual = (a, b) => {
        counted.times++
        return original(a, b)
      }
      return counted
    }),
    (counted) => Effect.map(Effect.exit(body), () => counted.times),
    ({ restore }) => Effect.sync(restore)
  )

test("authenticate() takes the first key, in either header or in both", () =>
  Effect.gen(function* () {
    const { firstKey } = yield* Authenticator
    if (firstKey._tag !== "Made") throw new Error(firstKey._tag)
    const key = Redacted.value(firstKey.key)
    const principal = yield* authenticate({ "X-API-Key": key })
    assertEquals(principal.id, firstKey.id)
    assertEquals(principal.kind, "api_key")
    assertEquals([...principal.scopes], [...scopes])
    assertEquals(yield* authenticate({ Authorization: `Bearer ${key}` }), principal)
    assertEquals(
      yield* authenticate({ "X-API-Key": key, Authorization: `bearer ${key}` }),
      principal
    )
  }).pipe(withAuth({})))

test("authenticate() gives a kept key the scopes that it was made with, and no more", () =>
  Effect.gen(function* () {
    const { id, key } = yield* addKey("inference", "usage:read")
    assertEquals(yield* authenticate({ "x-api-key": key }), {
      id,
      kind: "api_key",
      name: "Ada's",
      scopes: new Set<Scope>(["inference", "usage:read"])
    })
  }).pipe(withAuth({ apiKey: own })))

test("authenticate() takes the operator's key, whatever characters it has, and makes no other", () =>
  Effect.gen(function* () {
    for (
      const [key, sent] of [
        [own, own],
        [`${own}\n`, own],
        ["psk_my own key, mind you", "psk_my own key, mind you"],
        ["a.key.with dots in it, one of two", "a.key.with dots in it, one of two"],
        ["clé secrète de ma maison", "clÃ© secrÃ¨te de ma maison"]
      ] as const
    ) {
      yield* Effect.gen(function* () {
        const principal = yield* authenticate({ "x-api-key": sent })
        assertEquals(principal.id, "configured")
        assertEquals(principal.name, "PENSTOCK_API_KEY")
        assertEquals([...principal.scopes], [...scopes])
        assertEquals((yield* KeyStore).list(), [])
        assertEquals(yield* refusal(sent + "x"), "unknown")
        assertEquals(yield* refusal(sent.slice(0, -1)), "unknown")
      }).pipe(withAuth({ apiKey: key }))
    }
  }))

test("authenticate() refuses a key that is none of ours, and one that was mistyped", () =>
  Effect.gen(function* () {
    const { key } = yield* addKey("inference")
    const foreign = Redacted.value((yield* ApiKey.make).key)
    assertEquals(yield* refusal(foreign), "unknown")
    assertEquals(yield* refusal("sk-something-else"), "unknown")
    assertEquals(yield* refusal(key.slice(0, -1)), "malformed")
    assertEquals(yield* refusal("psk_"), "malformed")
    assertEquals(yield* refusal(`${key}.a.b`), "malformed")
    const missing = yield* Effect.flip(authenticate({}))
    assertEquals(missing._tag === "Unauthorized" && missing.why, "missing")
  }).pipe(withAuth({ jwt: { secret: Redacted.make(secret) } })))

test("authenticate() refuses a known id with another secret, though its checksum is right", () =>
  Effect.gen(function* () {
    const { id, key } = yield* addKey("inference")
    const forged = withChecksum(`psk_${id}_${key.slice(17, 59)}${key[59] === "A" ? "B" : "A"}`)
    assertEquals(ApiKey.idOf(forged), id)
    assertEquals(yield* refusal(forged), "unknown")
  }).pipe(withAuth({})))

test("authenticate() refuses headers that disagree, though both keys are good", () =>
  Effect.gen(function* () {
    const { key } = yield* addKey("inference")
    const { key: other } = yield* addKey("inference")
    const error = yield* Effect.flip(
      authenticate({ "x-api-key": key, authorization: `Bearer ${other}` })
    )
    assertEquals(error._tag, "BadCredentials")
    assertStringIncludes(error.message, "disagree")
    assert(!error.message.includes(key) && !error.message.includes(other))
  }).pipe(withAuth({})))

test("authenticate() compares in constant time, and for an unknown id as often as for a known", () =>
  Effect.gen(function* () {
    const { id, key } = yield* addKey("inference")
    const { key: foreign } = yield* ApiKey.make
    const wrong = withChecksum(`psk_${id}_${"A".repeat(43)}`)
    const count = (key: string) => comparisons(authenticate({ "x-api-key": key }))
    assertEquals(yield* count(key), 1)
    assertEquals(yield* count(wrong), 1)
    assertEquals(yield* count(Redacted.value(foreign)), 1)
    assertEquals(yield* count("no key of ours"), 1)
    // Garbage that our checksum gives away is not worth a digest.
    assertEquals(yield* count(key.slice(0, -1)), 0)
    assertEquals(yield* count("x".repeat(8193)), 0)
  }).pipe(withAuth({})))

test("authenticate() refuses more than 8 KiB before it takes a digest", () =>
  Effect.gen(function* () {
    assertEquals(yield* refusal("x".repeat(8192)), "unknown")
    assertEquals(yield* refusal("x".repeat(8193)), "too_long")
    const long = token({ ...goodClaims, pad: "x".repeat(8192) })
    assertEquals(yield* refusal(long), "too_long")
  }).pipe(withAuth({ jwt: { secret: Redacted.make(secret) } })))

test("authenticate() has the answer for an API key at once, without a fiber", () =>
  Effect.gen(function* () {
    const { key } = yield* addKey("inference")
    const { authenticate } = yield* Authenticator
    const headers = new Headers({ "x-api-key": key })
    const answer = authenticate(headers)
    assert(Exit.isExit(answer))
    assert(authenticate(headers) === answer)
    assert(Exit.isExit(authenticate(new Headers())))
  }).pipe(withAuth({})))

test("authenticate() takes a token in either header where tokens are set up", () =>
  Effect.gen(function* () {
    const principal = yield* authenticate({ authorization: `Bearer ${token()}` })
    assertEquals([principal.kind, principal.id], ["jwt", "jwt:ada"])
    assertEquals(yield* authenticate({ "x-api-key": token() }), principal)
    assertEquals(yield* refusal(token(goodClaims, "another secret")), "invalid_token")
    assertEquals(yield* refusal(`${token()}.a`), "unknown")
  }).pipe(withAuth({ jwt: { secret: Redacted.make(secret) } })))

test("authenticate() takes no token where none are set up", () =>
  Effect.gen(function* () {
    for (const jwt of [undefined, {}]) {
      yield* Effect.gen(function* () {
        assertEquals(yield* refusal(token()), "unknown")
        assertEquals(yield* (yield* Authenticator).keysAge, undefined)
      }).pipe(withAuth(jwt ? { jwt } : {}))
    }
  }))

test("Authenticator.layer makes the first key in its folder, once", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const settings: AuthSettings = { apiKey: undefined, dataDir: folder, jwt: undefined }
    const start = Effect.provide(Authenticator, Authenticator.layer(settings))
    const { firstKey } = yield* start
    if (firstKey._tag !== "Made") throw new Error(firstKey._tag)
    const key = Redacted.value(firstKey.key)
    assert(!Deno.readTextFileSync(`${folder}/keys.json`).includes(key))
    const again = yield* start
    assertEquals(again.firstKey, { _tag: "Kept" })
    const principal = yield* again.authenticate(new Headers({ "x-api-key": key }))
    assertEquals(principal.id, firstKey.id)
  }))

test("Authenticator.layer makes no key that nobody sees when another setting is wrong", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const settings = { apiKey: undefined, dataDir: folder, jwt: { secret: Redacted.make("short") } }
    const error = yield* Effect.flip(Layer.build(Authenticator.layer(settings)))
    assertEquals(error._tag, "AuthConfigError")
    assertEquals([...Deno.readDirSync(folder)], [])
  }))

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => Deno.makeTempDir()),
  (folder) => Effect.promise(() => Deno.remove(folder, { recursive: true }))
)
