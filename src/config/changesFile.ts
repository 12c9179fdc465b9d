/**
 * The file of runtime changes: read whole, written whole or not at all.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ConfigStoreError } from "./errors.ts"
import { LoadBalancingOptions, PolicyOptions } from "./PolicyOptions.ts"
import type { Changes } from "./resolve.ts"
import { KeptRevision } from "./Revision.ts"

/** Everything that outlives the process. */
export interface Kept {
  /** Of the traffic configuration. */
  readonly version: number
  readonly changes: Changes
  /** Oldest first. */
  readonly revisions: ReadonlyArray<KeptRevision>
}

const ChangesFile = Schema.fromJsonString(Schema.Struct({
  format: Schema.Literal(1),
  version: Schema.Natural,
  models: Schema.Record(Schema.String, PolicyOptions),
  load_balancing: LoadBalancingOptions,
  history: Schema.Array(KeptRevision)
}))
const decode = Schema.decodeUnknownEffect(ChangesFile)

/** What the file at `path` keeps; `undefined` where there is no file. One that is not whole is an error. */
export const read = Effect.fn("changesFile.read")(
  function* (path: string): Effect.fn.Return<Kept | undefined, ConfigStoreError> {
    const text = yield* attempt(
      path,
      "read",
      () => Deno.readTextFile(path).catch((cause) => absent(cause, undefined))
    )
    if (text === undefined) return undefined
    const file = yield* Effect.mapError(decode(text), () =>
      new ConfigStoreError({
        path,
        message:
          `Cannot read the runtime configuration in "${path}": it is not as Penstock writes ` +
          "it. It was left as it is. Put back a copy, or move it away and start again: what was " +
          "changed over the API is then forgotten, and penstock.yaml holds"
      }))
    return {
      version: file.version,
      changes: {
        models: new Map(Object.entries(file.models)),
        loadBalancing: file.load_balancing
      },
      revisions: file.history
    }
  }
)

/** Puts `kept` into the file at `path` in `folder`; a crash leaves the old file or the new one. */
export const write = (
  folder: string,
  path: string,
  { version, changes, revisions }: Kept
): Effect.Effect<void, ConfigStoreError> => {
  const draft = `${path}.draft`
  const text = JSON.stringify({
    format: 1,
    version,
    models: Object.fromEntries(changes.models),
    load_balancing: changes.loadBalancing,
    history: revisions
  })
  return attempt(path, "write", () =>
    Deno.mkdir(folder, { recursive: true, mode: 0o700 })
      // What a crash left behind; made anew, so that neither its mode nor a link at its name counts.
      .then(() => Deno.remove(draft).catch((cause) => absent(cause, undefined)))
      .then(() => Deno.writeTextFile(draft, text + "\n", { createNew: true, mode: 0o600 }))
      .then(() => flush(draft))
      .then(() => Deno.rename(draft, path))
      // So that the new name outlives a power cut; not every system can.
      .then(() => flush(folder).catch(() => {})))
}

const flush = (path: string): Promise<void> =>
  Deno.open(path).then((file) => file.sync().finally(() => file.close()))

const absent = <A>(cause: unknown, value: A): A | Promise<never> =>
  cause instanceof Deno.errors.NotFound ? value : Promise.reject(cause)

const attempt = <A>(path: string, verb: string, work: () => Promise<A>) =>
  Effect.tryPromise({
    try: work,
    catch: (cause) =>
      new ConfigStoreError({
        path,
        message:
          `Cannot ${verb} the runtime configuration in "${path}": ${
            cause instanceof Error ? cause.message : "unknown error"
          }. Make the folder readable and writable for the user that runs Penstock, or set ` +
          "PENSTOCK_DATA_DIR to another"
      })
  })
