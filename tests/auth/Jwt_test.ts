import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import { createHmac } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { exportSPKI, SignJWT } from "jose"
import type { JwtSettings } from "../../src/auth/AuthSettings.ts"
import { type TokenFault, unauthorized } from "../../src/auth/errors.ts"
import type { JwtVerifier } from "../../src/auth/Jwt.ts"
import { checkJwtSettings } from "../../src/auth/jwtSettings.ts"
import { test } from "../kit/effect.ts"
import {
  forge,
  goodClaims,
  identityProvider,
  sign,
  signingKey,
  trusting,
  verifier
} from "./identityProvider.ts"

const es = await signingKey("ES256", "es")
const rs = await signingKey("RS256", "rs")
const secret = "0123456789abcdef0123456789abcdef"

const hmac = (key: string) => (input: string) =>
  createHmac("sha256", key).update(input).digest("base64url")

/** A token signed with the secret. */
const signed = (claims: unknown, header: unknown = { alg: "HS256" }) =>
  forge(header, claims, hmac(secret))

const withSecret = (settings: JwtSettings = {}) =>
  verifier({ secret: Redacted.make(secret), ...settings })

/** Has `jwt` refuse `token` for `fault`, in words that do not tell it. */
const refuses = (jwt: JwtVerifier, token: string, fault: TokenFault) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(jwt.verify(token))
    if (error._tag !== "Unauthorized") throw error
    assertEquals([error.why, error.tokenFault], ["invalid_token", fault])
    assertEquals(error.message, unauthorized("unknown").message)
    const told = JSON.stringify(error) + error.message + error.stack
    assert(!told.includes(token))
  })

test("verify() takes tokens of each asymmetric algorithm, by the keys that the provider shows", () =>
  Effect.gen(function* () {
    const keys = yield* Effect.promise(() =>
      Promise.all([signingKey("PS256", "ps"), signingKey("EdDSA", "ed")])
    )
    const provider = yield* identityProvider(es, rs, ...keys)
    const jwt = yield* verifier(trusting(provider))
    for (const key of [es, rs, ...keys]) {
      const principal = yield* jwt.verify(yield* sign(key))
      assertEquals([principal.id, principal.name], ["jwt:ada", "ada"])
      assertEquals(principal.kind, "jwt")
      assertEquals([...principal.scopes], ["inference"])
    }
    assertEquals(provider.hits, 1)
  }))

test("verify() takes a token of the secret, with no issuer or audience asked for", () =>
  Effect.gen(function* () {
    const jwt = yield* withSecret()
    assertEquals((yield* jwt.verify(signed({ sub: "ada", exp: 60 }))).id, "jwt:ada")
    assertEquals(yield* jwt.keysAge, undefined)
  }))

test("verify() refuses a token that is not signed", () =>
  Effect.gen(function* () {
    const provider = yield* identityProvider(es)
    for (const jwt of [yield* withSecret(), yield* verifier(trusting(provider))]) {
      for (const alg of ["none", "None", "NONE", "nOnE"]) {
        yield* refuses(jwt, forge({ alg }, goodClaims, () => ""), "shape")
        yield* refuses(jwt, forge({ alg }, goodClaims, hmac("x")), "algorithm")
      }
    }
  }))

test("verify() refuses a token signed with the provider's public key as if it were a secret", () =>
  Effect.gen(function* () {
    const provider = yield* identityProvider(rs, es)
    const jwt = yield* verifier(trusting(provider))
    const pem = yield* Effect.promise(() => exportSPKI(rs.publicKey))
    for (const key of [pem, pem.trim(), JSON.stringify(rs.jwk), rs.jwk.n!]) {
      yield* refuses(jwt, forge({ alg: "HS256", kid: "rs" }, goodClaims, hmac(key)), "algorithm")
      yield* refuses(jwt, forge({ alg: "RS256", kid: "rs" }, goodClaims, hmac(key)), "signature")
    }
    assertEquals(provider.hits, 1)
  }))

test("verify() takes no symmetric key from the provider, and no algorithm but its own", () =>
  Effect.gen(function* () {
    const provider = yield* identityProvider()
    provider.answer = () =>
      Response.json({ keys: [{ kty: "oct", kid: "es", k: btoa(secret) }, es.jwk] })
    const jwt = yield* verifier(trusting(provider))
    yield* refuses(jwt, signed(goodClaims, { alg: "HS256", kid: "es" }), "algorithm")
    const strong = yield* Effect.promise(() => signingKey("ES384", "es"))
    yield* refuses(jwt, yield* sign(strong), "algorithm")
    yield* refuses(yield* withSecret(), yield* sign(es), "algorithm")
    const hs512 = yield* Effect.promise(() =>
      new SignJWT(goodClaims).setProtectedHeader({ alg: "HS512" })
        .sign(new TextEncoder().encode(secret.repeat(2)))
    )
    yield* refuses(yield* withSecret(), hs512, "algorithm")
  }))

test("verify() refuses a token whose signature, claims or header were changed", () =>
  Effect.gen(function* () {
    const provider = yield* identityProvider(es)
    const jwt = yield* verifier(trusting(provider))
    const token = yield* sign(es)
    yield* jwt.verify(token)
    const [header, , signature] = token.split(".")
    const admin = btoa(JSON.stringify({ ...goodClaims, scope: "keys:write" })).replace(/=+$/, "")
    yield* refuses(jwt, `${header}.${admin}.${signature}`, "signature")
    const impostor = yield* Effect.promise(() => signingKey("ES256", "es"))
    yield* refuses(jwt, yield* sign(impostor), "signature")
  }))

test("verify() takes a token until 30 seconds after its exp, on the clock of the gateway", () =>
  Effect.gen(function* () {
    const jwt = yield* withSecret()
    const token = signed({ sub: "ada", exp: 100 })
    yield* TestClock.adjust("129 seconds")
    yield* jwt.verify(token)
    yield* TestClock.adjust("1 second")
    yield* refuses(jwt, token, "expired")
  }))

test("verify() takes a token whose nbf is up to 30 seconds ahead", () =>
  Effect.gen(function* () {
    const jwt = yield* withSecret()
    yield* jwt.verify(signed({ sub: "ada", exp: 3600, nbf: 30 }))
    const token = signed({ sub: "ada", exp: 3600, nbf: 31 })
    yield* refuses(jwt, token, "not_yet")
    yield* TestClock.adjust("1 second")
    yield* jwt.verify(token)
  }))

test("verify() refuses a token without exp or sub, or with ones that are none", () =>
  Effect.gen(function* () {
    const jwt = yield* withSecret()
    yield* refuses(jwt, signed({ sub: "ada" }), "claim")
    yield* refuses(jwt, signed({ sub: "ada", exp: "3600" }), "claim")
    yield* refuses(jwt, signed({ sub: "ada", exp: null }), "claim")
    yield* refuses(jwt, signed({ exp: 3600 }), "subject")
    for (const sub of ["", 1, null, ["ada"], "a".repeat(256)]) {
      yield* refuses(jwt, signed({ sub, exp: 3600 }), "subject")
    }
    yield* jwt.verify(signed({ sub: "a".repeat(255), exp: 3600 }))
  }))

test("verify() refuses a token of another issuer or for another audience", () =>
  Effect.gen(function* () {
    const provider = yield* identityProvider(es)
    const remote = yield* verifier(trusting(provider))
    yield* refuses(remote, yield* sign(es, { ...goodClaims, iss: "https://id.test/" }), "issuer")
    yield* refuses(remote, yield* sign(es, { ...goodClaims, aud: "payroll" }), "audience")
    yield* refuses(remote, yield* sign(es, { ...goodClaims, aud: ["payroll"] }), "audience")
    yield* remote.verify(yield* sign(es, { ...goodClaims, aud: ["payroll", "penstock"] }))
    const { iss: _iss, ...anonymous } = goodClaims
    yield* refuses(remote, yield* sign(es, anonymous), "issuer")
    const { aud: _aud, ...open } = goodClaims
    yield* refuses(remote, yield* sign(es, open), "audience")
    const local = yield* withSecret({ issuer: goodClaims.iss, audience: goodClaims.aud })
    yield* local.verify(signed(goodClaims))
    yield* refuses(local, signed(anonymous), "issuer")
    yield* refuses(local, signed(open), "audience")
  }))

test("verify() looks a kid up and nowhere else, whatever path or query it is", () =>
  Effect.gen(function* () {
    const provider = yield* identityProvider(es)
    const remote = yield* verifier(trusting(provider))
    const local = yield* withSecret()
    for (const kid of ["../../../../dev/null", "es' UNION SELECT 'x", "__proto__", "/es", ""]) {
      yield* refuses(remote, yield* sign(es, goodClaims, { kid }), "key")
      yield* refuses(local, forge({ alg: "HS256", kid }, goodClaims, hmac("")), "signature")
    }
  }))

test("verify() never asks an address or takes a key that a token brings with it", () =>
  Effect.gen(function* () {
    const impostor = yield* Effect.promise(() => signingKey("ES256", "es"))
    const trap = yield* identityProvider(impostor)
    const provider = yield* identityProvider(es)
    const jwt = yield* verifier(trusting(provider))
    const { kid: _kid, ...jwk } = impostor.jwk
    for (const header of [{ jku: trap.url }, { x5u: trap.url }, { jwk }]) {
      yield* refuses(jwt, yield* sign(impostor, goodClaims, header), "signature")
    }
    // In a good token they count for nothing.
    yield* jwt.verify(yield* sign(es, goodClaims, { jku: trap.url }))
    assertEquals(trap.hits, 0)
  }))

test("verify() refuses a header that demands what is not understood", () =>
  Effect.gen(function* () {
    const jwt = yield* withSecret()
    const crit = { alg: "HS256", crit: ["exp"], exp: 1 }
    yield* refuses(jwt, signed(goodClaims, crit), "shape")
    yield* refuses(jwt, signed(goodClaims, { alg: "HS256", b64: false, crit: ["b64"] }), "shape")
  }))

test("verify() refuses over 8 KiB before it decodes anything, and asks nobody for keys", () =>
  Effect.gen(function* () {
    const provider = yield* identityProvider(es)
    const jwt = yield* verifier(trusting(provider))
    yield* jwt.verify(yield* sign(es))
    yield* TestClock.adjust("30 seconds")
    const long = yield* sign(es, { ...goodClaims, pad: "x".repeat(8192) }, { kid: "other" })
    const error = yield* Effect.flip(jwt.verify(long))
    if (error._tag !== "Unauthorized") throw error
    assertEquals(error.why, "too_long")
    assertEquals(provider.hits, 1)
    const local = yield* withSecret()
    const short = signed({ ...goodClaims, pad: "" }).length
    const pad = (length: number) => signed({ ...goodClaims, pad: "x".repeat(length) })
    const most = Math.floor((8192 - short) * 3 / 4) - 2
    assert(pad(most).length <= 8192)
    yield* local.verify(pad(most))
    const tooMuch = yield* Effect.flip(local.verify(pad(most + 6)))
    if (tooMuch._tag !== "Unauthorized") throw tooMuch
    assertEquals(tooMuch.why, "too_long")
  }))

test("verify() refuses what has not the shape of a token", () =>
  Effect.gen(function* () {
    const jwt = yield* withSecret()
    const good = signed(goodClaims)
    const [header, claims, signature] = good.split(".")
    const others = [
      "..",
      "a.b",
      "a.b.c",
      `${good}.`,
      `.${good}`,
      `${good}=`,
      `${header}.${claims}.`,
      `${header}..${signature}`,
      `${header}.${claims}.${signature}.${signature}.${signature}`,
      ` ${good}`,
      good.replace(".", ".\n"),
      forge([], goodClaims, hmac(secret)),
      forge({ alg: "HS256" }, [], hmac(secret)),
      forge({ alg: "HS256" }, "ada", hmac(secret))
    ]
    for (const token of others) yield* refuses(jwt, token, "shape")
  }))

test("verify() reads our scopes from scope or scopes, and no others", () =>
  Effect.gen(function* () {
    const jwt = yield* withSecret()
    const cases: ReadonlyArray<readonly [object, ReadonlyArray<string>]> = [
      [{}, ["inference"]],
      [{ scope: "usage:read openid inference" }, ["inference", "usage:read"]],
      [{ scopes: ["config:write", "admin", 7, null] }, ["config:write"]],
      [{ scope: "metrics:read", scopes: ["keys:write"] }, ["metrics:read"]],
      [{ scope: "" }, []],
      [{ scope: "openid" }, []],
      [{ scope: "INFERENCE,usage:read" }, []],
      [{ scopes: [] }, []],
      [{ scope: { inference: true } }, []],
      [{ scope: 1 }, []]
    ]
    for (const [claims, scopes] of cases) {
      const principal = yield* jwt.verify(signed({ sub: "ada", exp: 3600, ...claims }))
      assertEquals([...principal.scopes].sort(), scopes, JSON.stringify(claims))
    }
  }))

test("verify() does not check a token again for 60 seconds, and never past its exp", () =>
  Effect.gen(function* () {
    const jwt = yield* withSecret()
    const long = signed({ sub: "ada", exp: 3600 })
    const short = signed({ sub: "ada", exp: 20 })
    const first = yield* jwt.verify(long)
    yield* jwt.verify(short)
    yield* TestClock.adjust("59 seconds")
    // The very principal of before: not checked again.
    assert((yield* jwt.verify(long)) === first)
    yield* refuses(jwt, short, "expired")
    yield* TestClock.adjust("1 second")
    const second = yield* jwt.verify(long)
    assert(second !== first)
    assertEquals(second, first)
  }))

test("verify() remembers whole tokens: one that only begins or ends alike is checked", () =>
  Effect.gen(function* () {
    const jwt = yield* withSecret()
    const good = signed(goodClaims)
    yield* jwt.verify(good)
    const last = good.endsWith("A") ? "E" : "A"
    yield* refuses(jwt, good.slice(0, -1) + last, "signature")
    yield* refuses(jwt, good.slice(0, -8), "signature")
  }))

test("checkJwtSettings() refuses a secret under 32 bytes, and says how many it has", () =>
  Effect.gen(function* () {
    for (const [text, bytes] of [["", 0], ["x".repeat(31), 31], ["é".repeat(15), 30]] as const) {
      const error = yield* Effect.flip(checkJwtSettings({ secret: Redacted.make(text) }))
      assertEquals(error.setting, "PENSTOCK_JWT_SECRET")
      assertStringIncludes(error.message, `has ${bytes} bytes`)
      assert(text === "" || !error.message.includes(text))
    }
    yield* checkJwtSettings({ secret: Redacted.make("é".repeat(16)) })
  }))

test("checkJwtSettings() takes the keys of a provider only from https or from this machine", () =>
  Effect.gen(function* () {
    const rest = { issuer: "i", audience: "a" }
    const refused = [
      "",
      "id.test/keys",
      "http://id.test/keys",
      "http://127.0.0.1.id.test/",
      "http://localhost.id.test/",
      "http://10.0.0.1/",
      "http://[::2]/",
      "file:///etc/passwd",
      "data:application/json,{}",
      "https://user:hunter2@id.test/"
    ]
    for (const jwksUrl of refused) {
      const error = yield* Effect.flip(checkJwtSettings({ jwksUrl, ...rest }))
      assertEquals(error.setting, "PENSTOCK_JWKS_URL", jwksUrl)
      assert(!error.message.includes("hunter2"))
    }
    const taken = [
      "https://id.test/keys?tenant=1",
      "http://localhost:8080/",
      "http://127.1/",
      "http://127.0.0.53/",
      "http://[::1]:9/keys"
    ]
    for (const jwksUrl of taken) yield* checkJwtSettings({ jwksUrl, ...rest })
  }))

test("checkJwtSettings() refuses settings that contradict each other or are not enough", () =>
  Effect.gen(function* () {
    const jwksUrl = "https://id.test/keys"
    const key = Redacted.make(secret)
    const cases: ReadonlyArray<readonly [JwtSettings, string]> = [
      [{ jwksUrl, issuer: "i" }, "PENSTOCK_JWT_AUDIENCE"],
      [{ jwksUrl, audience: "a" }, "PENSTOCK_JWT_ISSUER"],
      [{ jwksUrl, issuer: "", audience: "a" }, "PENSTOCK_JWT_ISSUER"],
      [{ secret: key, audience: "" }, "PENSTOCK_JWT_AUDIENCE"],
      [{ jwksUrl, secret: key, issuer: "i", audience: "a" }, "PENSTOCK_JWKS_URL"],
      [{ issuer: "i" }, "PENSTOCK_JWT_SECRET"]
    ]
    for (const [settings, setting] of cases) {
      assertEquals((yield* Effect.flip(checkJwtSettings(settings))).setting, setting)
    }
    assertEquals(yield* checkJwtSettings({}), undefined)
  }))
