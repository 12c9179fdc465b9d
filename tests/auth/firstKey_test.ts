import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { scopes } from "../../src/domain/Principal.ts"
import * as ApiKey from "../../src/auth/ApiKey.ts"
import { firstKey } from "../../src/auth/firstKey.ts"
import { KeyStore } from "../../src/auth/KeyStore.ts"
import { test } from "../kit/effect.ts"
import { withLog } from "./identityProvider.ts"

test("firstKey() makes one admin key, once, and keeps only its hash", () =>
  Effect.gen(function* () {
    const store = yield* KeyStore
    const first = yield* firstKey(undefined)
    if (first._tag !== "Made") throw new Error(first._tag)
    const [record, ...others] = store.list()
    assertEquals(others, [])
    assertEquals(record, {
      id: first.id,
      name: "first key",
      sha256: ApiKey.toHex(ApiKey.digest(Redacted.value(first.key))),
      scopes,
      createdAt: "1970-01-01T00:00:00.000Z"
    })
    assertEquals(yield* firstKey(undefined), { _tag: "Kept" })
    assertEquals(store.list().length, 1)
  }).pipe(Effect.provide(KeyStore.layerMemory)))

test("firstKey() takes the operator's key and stores nothing", () =>
  Effect.gen(function* () {
    const first = yield* firstKey(Redacted.make("correct horse battery staple\n"))
    if (first._tag !== "Configured") throw new Error(first._tag)
    assertEquals(Redacted.value(first.key), "correct horse battery staple")
    assertEquals((yield* KeyStore).list(), [])
  }).pipe(Effect.provide(KeyStore.layerMemory)))

test("firstKey() fails on an operator's key that is empty or cannot be sent", () =>
  Effect.gen(function* () {
    for (const key of ["", "  \n", "two\nlines that are long enough"]) {
      const error = yield* Effect.flip(firstKey(Redacted.make(key)))
      if (error._tag !== "AuthConfigError") throw new Error(error._tag)
      assertEquals(error.setting, "PENSTOCK_API_KEY")
      assertStringIncludes(error.message, "PENSTOCK_API_KEY")
      assert(!error.message.includes("lines that"))
    }
  }).pipe(Effect.provide(KeyStore.layerMemory)))

test("firstKey() warns of an operator's key of under 20 characters, without telling it", () =>
  withLog((lines) =>
    Effect.gen(function* () {
      yield* firstKey(Redacted.make("x".repeat(20)))
      assertEquals(lines, [])
      yield* firstKey(Redacted.make("hunter2"))
      assertEquals(lines.length, 1)
      assertStringIncludes(lines[0]!, "only 7 characters")
      assert(!lines[0]!.includes("hunter2"))
    }).pipe(Effect.provide(KeyStore.layerMemory))
  ))
