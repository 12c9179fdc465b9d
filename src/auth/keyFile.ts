/**
 * The file of keys: read whole, written whole or not at all, for its owner's eyes only.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { scopes } from "../domain/Principal.ts"
import { KeyStoreError } from "./errors.ts"
import type { KeyRecord } from "./KeyStore.ts"

const KeyFile = Schema.fromJsonString(Schema.Struct({
  version: Schema.Literal(1),
  keys: Schema.Array(Schema.Struct({
    id: Schema.String.check(Schema.isPattern(/^[0-9a-z]{12}$/)),
    name: Schema.String,
    sha256: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/)),
    scopes: Schema.Array(Schema.Literals(scopes)),
    createdAt: Schema.String
  }))
}))

const decode = Schema.decodeUnknownEffect(KeyFile)

/** The keys in the file at `path`, none where there is no file. A file that is not whole is an error. */
export const read = Effect.fn("keyFile.read")(
  function* (path: string): Effect.fn.Return<ReadonlyArray<KeyRecord>, KeyStoreError> {
    const text = yield* attempt(
      path,
      "read",
      () =>
        Deno.readTextFile(path).catch((cause) =>
          cause instanceof Deno.errors.NotFound ? undefined : Promise.reject(cause)
        )
    )
    if (text === undefined) return []
    const { keys } = yield* Effect.mapError(decode(text), () => corrupt(path))
    if (new Set(keys.map(({ id }) => id)).size < keys.length) return yield* corrupt(path)
    return keys
  }
)

/** Puts `keys` into the file at `path` in `folder`; a crash leaves the old file or the new one. */
export const write = Effect.fn("keyFile.write")(
  function* (folder: string, path: string, keys: ReadonlyArray<KeyRecord>) {
    const text = JSON.stringify({ version: 1, keys }, undefined, 2) + "\n"
    const draft = `${path}.draft`
    yield* attempt(path, "write", () => Deno.mkdir(folder, { recursive: true, mode: 0o700 }))
    // What a crash left behind; made anew, so that neither its mode nor a link at its name counts.
    yield* attempt(
      path,
      "write",
      () =>
        Deno.remove(draft).catch((cause) =>
          cause instanceof Deno.errors.NotFound ? undefined : Promise.reject(cause)
        )
    )
    yield* attempt(
      path,
      "write",
      () => Deno.writeTextFile(draft, text, { createNew: true, mode: 0o600 })
    )
    yield* attempt(path, "write", () => flush(draft))
    yield* attempt(path, "write", () => Deno.rename(draft, path))
    // So that the new name outlives a power cut; not every system can.
    yield* Effect.ignore(attempt(path, "write", () => flush(folder)))
  }
)

const flush = (path: string): Promise<void> =>
  Deno.open(path).then((file) => file.sync().finally(() => file.close()))

const attempt = <A>(path: string, verb: string, work: () => Promise<A>) =>
  Effect.tryPromise({
    try: work,
    catch: (cause) =>
      new KeyStoreError({
        path,
        message:
          `Cannot ${verb} the API keys in "${path}": ${
            cause instanceof Error ? cause.message : "unknown error"
          }. Make the folder readable and writable for the user that runs Penstock, or set ` +
          "PENSTOCK_DATA_DIR to another"
      })
  })

const corrupt = (path: string) =>
  new KeyStoreError({
    path,
    message:
      `Cannot read the API keys in "${path}": it is not as Penstock writes it. It was left ` +
      "as it is. Put back a copy, or move it away and start again for a new first key: " +
      "the keys in it will then be unknown"
  })
