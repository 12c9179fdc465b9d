/**
 * Where each model is served: as the operator says, else as the catalogue says, else as providers
 * tell.
 *
 * @module
 */
import type { ModelSpec } from "../domain/Model.ts"
import type { DeploymentSettings, ModelSettings } from "../config/ModelSettings.ts"
import type { ProviderActor } from "../provider/ProviderActor.ts"
import type { Providers } from "../provider/Providers.ts"
import type { Place } from "./Deployment.ts"

/** Each of a model's places, the first being the one that stands for it. */
export type Places = readonly [Place, ...Array<Place>]

/** Where each model is served; those that providers told of come at the end. */
export const places = (
  settings: ReadonlyMap<string, ModelSettings>,
  { all, get }: Providers["Service"]
): ReadonlyMap<string, Places> => {
  const catalogue = new Map<string, Place>()
  for (const provider of all) {
    for (const spec of provider.settings.provider.models) {
      // The first provider in the order of the configuration keeps an id that two have.
      if (catalogue.has(spec.id)) continue
      const upstreamModel = settings.get(spec.id)?.upstreamModel
      catalogue.set(spec.id, { provider, spec, upstreamModel })
    }
  }
  const placed = new Map<string, Places>()
  for (const [id, place] of catalogue) placed.set(id, [place])
  for (const [id, own] of settings) {
    const [first, ...others] = chosen(id, named(own), get, catalogue.get(id))
    if (first) placed.set(id, [first, ...others])
  }
  for (const provider of all) {
    for (const [id, listed] of provider.discovered()) {
      if (placed.has(id)) continue
      const upstreamModel = settings.get(id)?.upstreamModel
      placed.set(id, [{ provider, spec: { ...bare(id), ...listed }, upstreamModel }])
    }
  }
  return placed
}

/** The providers that an operator names for a model. */
const named = (
  { provider, upstreamModel, deployments = [] }: ModelSettings
): ReadonlyArray<DeploymentSettings> => {
  if (deployments.length > 0) return deployments
  return provider === undefined ? [] : [{ provider, upstreamModel }]
}

const chosen = (
  id: string,
  names: ReadonlyArray<DeploymentSettings>,
  get: Providers["Service"]["get"],
  catalogued: Place | undefined
): Array<Place> => {
  // Where the catalogue's own provider is one of several, the others serve that same model.
  const isShared = names.some(({ provider }) =>
    provider === catalogued?.provider.settings.provider.id
  )
  // But what they take for it is not known.
  const shared = isShared && catalogued ? { ...catalogued.spec, rates: undefined } : undefined
  return names.flatMap(({ provider: name, ...rest }) => {
    const provider = get(name)
    if (!provider) return []
    const spec = specAt(provider, id, rest.upstreamModel) ?? shared ?? bare(id)
    return [{ ...rest, provider, spec }]
  })
}

/**
 * What the catalogue knows of a model at `provider`, by the name there if not by its id. What it
 * knows of another model by that id elsewhere does not hold.
 */
const specAt = (
  { settings: { provider: { models } } }: ProviderActor,
  id: string,
  upstreamModel: string | undefined
): ModelSpec | undefined => {
  const own = models.find((spec) => spec.id === id)
  if (own || upstreamModel === undefined) return own
  const same = models.find((spec) => (spec.upstreamModel ?? spec.id) === upstreamModel)
  return same && { ...same, id, name: id, aliasOf: undefined }
}

/** A model of which only the id is known. */
const bare = (id: string): ModelSpec => ({
  id,
  name: id,
  capabilities: ["text-generation", "conversation"]
})
