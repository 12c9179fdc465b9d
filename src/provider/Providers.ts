/**
 * All providers, each with its actor.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ProviderActor from "./ProviderActor.ts"
import type { ProviderSettings } from "./ProviderSettings.ts"

/** All providers, each with its actor; also those that cannot be called, so that they can say why. */
export class Providers extends Context.Service<Providers, {
  readonly get: (id: string) => ProviderActor.ProviderActor | undefined
  /** In the order of the configuration. */
  readonly all: ReadonlyArray<ProviderActor.ProviderActor>
}>()("penstock/provider/Providers") {
  /** Starts an actor for each of `settings`. */
  static readonly layer = (settings: ReadonlyArray<ProviderSettings>) =>
    Layer.effect(
      Providers,
      Effect.map(Effect.forEach(settings, ProviderActor.start), (all) => {
        const byId = new Map(all.map((actor) => [actor.settings.provider.id, actor]))
        return { all, get: (id: string) => byId.get(id) }
      })
    )
}
