/**
 * The store of the traffic configuration, as tests use it.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import type { ConfigFile } from "../../src/config/ConfigFile.ts"
import { ConfigStore, type Terms } from "../../src/config/ConfigStore.ts"
import type { ConfigSource } from "../../src/config/Settings.ts"

/** The models that there are. */
export const known = new Set(["a", "b", "c", "d"])

/** How one of the team changes something. */
export const terms = (own: Partial<Terms> = {}): Terms => ({
  dryRun: false,
  by: "ada",
  known,
  ...own
})

const built = <E>(layer: Layer.Layer<ConfigStore, E>) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(layer, scope)
    yield* Scope.close(scope, Exit.void)
    return Context.get(context, ConfigStore)
  })

/** A file as it was read at the start. */
export const sourceOf = (contents: ConfigFile, path = "penstock.yaml"): ConfigSource => ({
  path,
  isThere: true,
  contents: Redacted.make(contents)
})

/** One that forgets. */
export const forgetful = (file: ConfigFile = {}) => built(ConfigStore.layerMemory(sourceOf(file)))

/** One that keeps what is changed in `folder`. */
export const keeping = (folder: string, file: ConfigFile = {}) =>
  built(ConfigStore.layerFile(folder, sourceOf(file)))
