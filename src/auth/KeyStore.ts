/**
 * The API keys that were made here, of which only hashes are kept.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import type { Scope } from "../domain/Principal.ts"
import { KeyStoreError } from "./errors.ts"
import * as keyFile from "./keyFile.ts"

/** What is kept of a key. */
export interface KeyRecord {
  readonly id: string
  readonly name: string
  /** Of the whole key, in hexadecimal. */
  readonly sha256: string
  readonly scopes: ReadonlyArray<Scope>
  /** ISO 8601, UTC. */
  readonly createdAt: string
}

type Save = (records: ReadonlyArray<KeyRecord>) => Effect.Effect<void, KeyStoreError>

const make = (path: string, kept: ReadonlyArray<KeyRecord>, save: Save) => {
  const records = new Map(kept.map((record) => [record.id, record]))
  const oneAtATime = Semaphore.makeUnsafe(1)
  const add = Effect.fn("KeyStore.add")(
    function* (record: KeyRecord) {
      if (records.has(record.id)) {
        return yield* new KeyStoreError({
          path,
          message: `Cannot add key "${record.id}": there is one by that id`
        })
      }
      yield* save([...records.values(), record])
      records.set(record.id, record)
    },
    // A key must not be on disk and unknown here because its maker left in between.
    Effect.uninterruptible,
    oneAtATime.withPermits(1)
  )
  return KeyStore.of({
    find: (id) => records.get(id),
    list: () => [...records.values()],
    add
  })
}

/** The API keys that were made here. Looking one up asks nobody: they are all in memory. */
export class KeyStore extends Context.Service<KeyStore, {
  readonly find: (id: string) => KeyRecord | undefined
  /** Oldest first. */
  readonly list: () => ReadonlyArray<KeyRecord>
  /** Keeps a key; once this has succeeded it outlives the process. Fails where the id is taken. */
  readonly add: (record: KeyRecord) => Effect.Effect<void, KeyStoreError>
}>()("penstock/auth/KeyStore") {
  /** Keys in the file `keys.json` of a folder, which one process has for itself. */
  static readonly layerFile = (dataDir: string): Layer.Layer<KeyStore, KeyStoreError> => {
    const path = `${dataDir}/keys.json`
    return Layer.effect(
      KeyStore,
      Effect.map(
        keyFile.read(path),
        (kept) => make(path, kept, (records) => keyFile.write(dataDir, path, records))
      )
    )
  }

  /** Keys that are forgotten with the process. */
  static readonly layerMemory: Layer.Layer<KeyStore> = Layer.sync(
    KeyStore,
    () => make("memory", [], () => Effect.void)
  )
}
