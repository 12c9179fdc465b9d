import { assert, assertEquals, assertNotEquals } from "@std/assert"
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as ApiKey from "../../src/auth/ApiKey.ts"
import { test } from "../kit/effect.ts"

test("make() makes a key of the documented shape, with its id and SHA-256", () =>
  Effect.gen(function* () {
    const { id, key, sha256 } = yield* ApiKey.make
    const plain = Redacted.value(key)
    assert(/^psk_[0-9a-z]{12}_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/.test(plain))
    assertEquals(plain.slice(4, 16), id)
    assertEquals(sha256, createHash("sha256").update(plain).digest("hex"))
    assert(!String(key).includes(plain) && !JSON.stringify({ key }).includes(plain))
  }))

test("make() never makes the same key or id twice", () =>
  Effect.gen(function* () {
    const made = yield* Effect.replicateEffect(ApiKey.make, 500)
    assertEquals(new Set(made.map(({ id }) => id)).size, 500)
    assertEquals(new Set(made.map(({ key }) => Redacted.value(key).slice(17, 60))).size, 500)
  }))

test("idOf() finds the id of a made key", () =>
  Effect.gen(function* () {
    const { id, key } = yield* ApiKey.make
    assertEquals(ApiKey.idOf(Redacted.value(key)), id)
  }))

test("idOf() knows a published key and its checksum, so the format cannot change unseen", () =>
  Effect.sync(() => {
    const body = `psk_0123456789ab_${"A".repeat(43)}`
    assertEquals(ApiKey.idOf(`${body}3OAcoW`), "0123456789ab")
  }))

test("idOf() refuses a key with any one character changed, left out or added", () =>
  Effect.gen(function* () {
    const plain = Redacted.value((yield* ApiKey.make).key)
    for (let at = 0; at < plain.length; at++) {
      const other = plain[at] === "a" ? "b" : "a"
      const changed = plain.slice(0, at) + other + plain.slice(at + 1)
      assertEquals(ApiKey.idOf(changed), undefined, `changed at ${at}`)
      assertEquals(ApiKey.idOf(plain.slice(0, at) + plain.slice(at + 1)), undefined)
      assertEquals(ApiKey.idOf(plain.slice(0, at) + "a" + plain.slice(at)), undefined)
    }
  }))

test("matches() is true for the same digest only, and never where there is none", () =>
  Effect.sync(() => {
    const digest = ApiKey.digest("one")
    assertEquals(ApiKey.matches(digest, ApiKey.digest("one")), true)
    assertEquals(ApiKey.matches(digest, ApiKey.digest("two")), false)
    assertEquals(ApiKey.matches(digest, undefined), false)
    assertNotEquals(digest, ApiKey.digest("two"))
  }))
