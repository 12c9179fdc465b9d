/**
 * The traffic configuration, as it is changed while the gateway runs.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as changesFile from "./changesFile.ts"
import type { ConfigFile } from "./ConfigFile.ts"
import { Configuration } from "./Configuration.ts"
import type { Difference } from "./difference.ts"
import type { ConfigConflict, ConfigInvalid, ConfigStoreError, UnknownVersion } from "./errors.ts"
import { makeStore } from "./makeStore.ts"
import type { Part } from "./Part.ts"
import type { LoadBalancingOptions, PolicyOptions } from "./PolicyOptions.ts"
import type { Revision } from "./Revision.ts"
import type { ConfigSource } from "./Settings.ts"
import type { ShownLoadBalancing, ShownPolicy } from "./Shown.ts"
import type { Traffic } from "./Traffic.ts"

/** On what terms something is changed. */
export interface Terms {
  /** The header `If-Match`: what is changed must still be as it says. */
  readonly ifMatch?: string | undefined
  /** Changes nothing, and tells what would change. */
  readonly dryRun: boolean
  /** Who changes it: a principal's id. */
  readonly by: string
  /** The ids of the models that there are. */
  readonly known: ReadonlySet<string>
}

/** What a change came to. */
export interface Outcome {
  /** Of the whole configuration; after a dry run the one that still holds. */
  readonly version: number
  readonly changes: ReadonlyArray<Difference>
}

/** Why a change is refused. */
export type Refused = ConfigInvalid | ConfigConflict | ConfigStoreError

/**
 * The traffic configuration: runtime changes, over the file, over the defaults. A change that is
 * refused or cannot be kept changes nothing.
 */
export class ConfigStore extends Context.Service<ConfigStore, {
  /** What holds now. */
  readonly current: () => Traffic
  /** How the model `id` is used; by default where nobody set it up. */
  readonly model: (id: string) => Part<typeof ShownPolicy.Type>
  /** Puts `options` in place of all that was changed of the model before. */
  readonly putModel: (
    id: string,
    options: PolicyOptions,
    terms: Terms
  ) => Effect.Effect<Part<typeof ShownPolicy.Type> & Outcome, Refused>
  readonly loadBalancing: () => Part<typeof ShownLoadBalancing.Type>
  /** Puts `options` in place of all that was changed of it before. */
  readonly putLoadBalancing: (
    options: LoadBalancingOptions,
    terms: Terms
  ) => Effect.Effect<Part<typeof ShownLoadBalancing.Type> & Outcome, Refused>
  /** The latest changes, newest first; at most 100. */
  readonly history: () => ReadonlyArray<typeof Revision.Type>
  /** Makes the runtime changes again what they were after `version`; the file stays as it is. */
  readonly rollback: (
    version: number,
    terms: Omit<Terms, "ifMatch">
  ) => Effect.Effect<Outcome, Refused | UnknownVersion>
  /** Takes up an edited file: the parts of it that need no restart. */
  readonly putFile: (
    contents: ConfigFile,
    known: ReadonlySet<string>
  ) => Effect.Effect<Outcome, ConfigInvalid>
  /** What is wrong with the file as it is on disk now, if anything. */
  readonly fileFault: () => string | undefined
  readonly setFileFault: (fault: string | undefined) => void
}>()("penstock/config/ConfigStore") {
  /** Changes are kept in the file `config.json` of a folder, which one process has for itself. */
  static readonly layerFile = (
    dataDir: string,
    { contents }: ConfigSource
  ): Layer.Layer<ConfigStore | Configuration, ConfigStoreError> => {
    const path = `${dataDir}/config.json`
    return Layer.effectContext(
      Effect.map(
        changesFile.read(path),
        (kept) =>
          both(
            makeStore(Redacted.value(contents), kept, (next) =>
              changesFile.write(dataDir, path, next))
          )
      )
    )
  }

  /** Changes are forgotten with the process. */
  static readonly layerMemory = (
    { contents }: ConfigSource
  ): Layer.Layer<ConfigStore | Configuration> =>
    Layer.effectContext(
      Effect.sync(() => both(makeStore(Redacted.value(contents), undefined, () => Effect.void)))
    )
}

const both = (store: ConfigStore["Service"]) =>
  Context.make(ConfigStore, store).pipe(
    Context.add(Configuration, Configuration.of({ current: store.current }))
  )
