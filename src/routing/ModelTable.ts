/**
 * Which models there are, and who serves each.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { make as makeModel, type Model, type ModelSpec } from "../domain/Model.ts"
import type { ProviderActor } from "../provider/ProviderActor.ts"
import { Providers } from "../provider/Providers.ts"
import type { ModelSettings } from "../config/ModelSettings.ts"

/** A model and the provider that serves it. */
export interface Deployment {
  readonly model: Model
  readonly provider: ProviderActor
  /** Whether the operator lets it be used. */
  readonly enabled: boolean
}

/** Which models there are, and who serves each. */
export class ModelTable extends Context.Service<ModelTable, {
  /** The model that clients call `id`: found in the table or not at all, never put together. */
  readonly lookup: (id: string) => Deployment | undefined
  /** Every model, those that providers told of at the end. */
  readonly all: () => ReadonlyArray<Deployment>
}>()("penstock/routing/ModelTable") {
  /** The catalogue's models as `settings` change them, and the models that `settings` add. */
  static readonly layer = (settings: ReadonlyMap<string, ModelSettings>) =>
    Layer.effect(
      ModelTable,
      Effect.map(Providers, ({ all, get }) => {
        const table = new Map<string, Deployment>()
        for (const provider of all) {
          for (const spec of provider.settings.provider.models) {
            // The first provider in the order of the configuration keeps an id that two have.
            if (!table.has(spec.id)) {
              table.set(spec.id, deploy(provider, spec, settings.get(spec.id)))
            }
          }
        }
        for (const [id, own] of settings) {
          const provider = own.provider === undefined ? undefined : get(own.provider)
          if (!provider) continue
          const known = table.get(id)
          // Served elsewhere, it is another model by the same name: what the catalogue knows of it
          // does not hold.
          const spec = known?.provider === provider ? known.model : bare(id)
          table.set(id, deploy(provider, spec, own))
        }

        /** The models that a provider told of and the table does not have. */
        const told = (provider: ProviderActor) =>
          Array.from(provider.discovered()).filter((id) => !table.has(id))

        return ModelTable.of({
          lookup: (id) => {
            const known = table.get(id)
            if (known) return known
            const provider = all.find((one) => one.discovered().has(id))
            return provider && deploy(provider, bare(id), settings.get(id))
          },
          all: () => [
            ...table.values(),
            ...all.flatMap((provider) =>
              told(provider).map((id) => deploy(provider, bare(id), settings.get(id)))
            )
          ]
        })
      })
    )
}

/** A model of which only the id is known. */
const bare = (id: string): ModelSpec => ({
  id,
  name: id,
  capabilities: ["text-generation", "conversation"]
})

const deploy = (
  provider: ProviderActor,
  spec: ModelSpec,
  own: ModelSettings | undefined
): Deployment => ({
  provider,
  enabled: own?.enabled ?? true,
  model: makeModel(provider.settings.provider.id, {
    ...spec,
    name: own?.name ?? spec.name,
    upstreamModel: own?.upstreamModel ?? spec.upstreamModel,
    contextWindow: own?.contextWindow ?? spec.contextWindow,
    maxOutputTokens: own?.maxOutputTokens ?? spec.maxOutputTokens,
    capabilities: own?.capabilities ?? spec.capabilities,
    rates: own?.rates ?? spec.rates
  })
})
