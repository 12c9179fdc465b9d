import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as ApiKey from "../../src/auth/ApiKey.ts"
import { type KeyRecord, KeyStore } from "../../src/auth/KeyStore.ts"
import { test } from "../kit/effect.ts"

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => Deno.makeTempDir()),
  (folder) => Effect.promise(() => Deno.remove(folder, { recursive: true }))
)

const record = (id: string): KeyRecord => ({
  id,
  name: "Ada's",
  sha256: "0".repeat(64),
  scopes: ["inference", "usage:read"],
  createdAt: "2025-01-01T00:00:00.000Z"
})

const open = (folder: string) => Effect.provide(KeyStore, KeyStore.layerFile(folder))

test("KeyStore.layerFile keeps keys over a restart, in order", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const store = yield* open(folder)
    yield* store.add(record("aaaaaaaaaaaa"))
    yield* store.add(record("000000000000"))
    const again = yield* open(folder)
    assertEquals(again.list(), [record("aaaaaaaaaaaa"), record("000000000000")])
    assertEquals(again.find("000000000000"), record("000000000000"))
    assertEquals(again.find("111111111111"), undefined)
    assertEquals(again.find("__proto__"), undefined)
  }))

test("KeyStore.layerFile writes only hashes, for its owner only, and leaves nothing else behind", () =>
  Effect.gen(function* () {
    const folder = `${yield* temporaryFolder}/deep/data`
    const { id, key, sha256 } = yield* ApiKey.make
    const store = yield* open(folder)
    assertEquals(store.list(), [])
    yield* store.add({ ...record(id), sha256 })
    const text = Deno.readTextFileSync(`${folder}/keys.json`)
    assertStringIncludes(text, sha256)
    assert(!text.includes(Redacted.value(key)))
    assert(!text.includes(Redacted.value(key).slice(17, 60)))
    assertEquals(Deno.statSync(`${folder}/keys.json`).mode! & 0o777, 0o600)
    assertEquals(Deno.statSync(folder).mode! & 0o777, 0o700)
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["keys.json"])
  }))

test("KeyStore.layerFile is for its owner only, also where a draft of a crash lies open", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    Deno.writeTextFileSync(`${folder}/keys.json.draft`, "half a fi", { mode: 0o666 })
    Deno.chmodSync(`${folder}/keys.json.draft`, 0o666)
    const store = yield* open(folder)
    yield* store.add(record("aaaaaaaaaaaa"))
    assertEquals(Deno.statSync(`${folder}/keys.json`).mode! & 0o777, 0o600)
    assertEquals((yield* open(folder)).list().length, 1)
  }))

test("KeyStore.layerFile fails on a file that is not whole, says what to do, and leaves it alone", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const path = `${folder}/keys.json`
    const whole = JSON.stringify({ version: 1, keys: [record("aaaaaaaaaaaa")] })
    const corrupt = [
      "",
      "[]",
      "{}",
      whole.slice(0, -2),
      whole.replace('"version":1', '"version":2'),
      whole.replace("0".repeat(64), "0".repeat(63)),
      whole.replace("usage:read", "everything"),
      JSON.stringify({ version: 1, keys: [record("aaaaaaaaaaaa"), record("aaaaaaaaaaaa")] })
    ]
    for (const text of corrupt) {
      Deno.writeTextFileSync(path, text)
      const error = yield* Effect.flip(open(folder))
      assertEquals(error._tag, "KeyStoreError", text)
      assertEquals(error.path, path)
      assertStringIncludes(error.message, path)
      assertStringIncludes(error.message, "move it away")
      assertEquals(Deno.readTextFileSync(path), text)
    }
    Deno.writeTextFileSync(path, whole)
    assertEquals((yield* open(folder)).list(), [record("aaaaaaaaaaaa")])
  }))

test("KeyStore.layerFile fails, and does not take the key, where it cannot be written", () =>
  Effect.gen(function* () {
    const folder = `${yield* temporaryFolder}/data`
    const store = yield* open(folder)
    Deno.writeTextFileSync(folder, "a file stands where the folder should be")
    const error = yield* Effect.flip(store.add(record("aaaaaaaaaaaa")))
    assertEquals(error._tag, "KeyStoreError")
    assertStringIncludes(error.message, "PENSTOCK_DATA_DIR")
    assertEquals(store.list(), [])
  }))

test("KeyStore.add() refuses an id that is taken", () =>
  Effect.gen(function* () {
    const store = yield* KeyStore
    yield* store.add(record("aaaaaaaaaaaa"))
    const error = yield* Effect.flip(store.add({ ...record("aaaaaaaaaaaa"), name: "Eve's" }))
    assertEquals(error._tag, "KeyStoreError")
    assertEquals(store.find("aaaaaaaaaaaa")?.name, "Ada's")
  }).pipe(Effect.provide(KeyStore.layerMemory)))

test("KeyStore.add() loses no key of those that are added at once", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const store = yield* open(folder)
    const ids = Array.from({ length: 20 }, (_, index) => `aaaaaaaaaa${index + 10}`)
    yield* Effect.forEach(ids, (id) => store.add(record(id)), { concurrency: "unbounded" })
    assertEquals((yield* open(folder)).list().map(({ id }) => id).sort(), ids)
  }))
