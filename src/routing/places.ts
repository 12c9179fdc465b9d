/**
 * Where each model is served, and what is known of it there: as the operator says, else as the
 * catalogue says, else as its provider's list tells.
 *
 * @module
 */
import type { ModelSpec } from "../domain/Model.ts"
import type { DeploymentSettings, ModelSettings } from "../config/ModelSettings.ts"
import type { ProviderActor } from "../provider/ProviderActor.ts"
import type { Providers } from "../provider/Providers.ts"
import type { Place } from "./Deployment.ts"
import { bare, completed, type Listing, listing, ofListed, undated } from "./facts.ts"

/** Each of a model's places, the first being the one that stands for it. */
export type Places = readonly [Place, ...Array<Place>]

/** Where each model is served; those that providers told of come at the end. */
export const places = (
  settings: ReadonlyMap<string, ModelSettings>,
  { all, get }: Providers["Service"]
): ReadonlyMap<string, Places> => {
  const catalogue = new Map<string, Place>()
  const lists = new Map(all.map((provider) => [provider, listing(provider.discovered())]))
  for (const [provider, list] of lists) {
    for (const known of provider.settings.provider.models) {
      // The first provider in the order of the configuration keeps an id that two have.
      if (catalogue.has(known.id)) continue
      const upstreamModel = settings.get(known.id)?.upstreamModel
      const name = upstreamModel ?? known.upstreamModel ?? known.id
      const spec = completed(known, list.find(name))
      // Where the operator says what it is called, nobody has to list it.
      const listed = upstreamModel === undefined ? list.has(name) : undefined
      catalogue.set(known.id, { provider, spec, upstreamModel, listed })
    }
  }
  const placed = new Map<string, Places>()
  for (const [id, place] of catalogue) placed.set(id, [place])
  for (const [id, own] of settings) {
    const [first, ...others] = chosen(id, named(own), get, lists, catalogue.get(id))
    if (first) placed.set(id, [first, ...others])
  }
  for (const provider of all) {
    for (const [id, listed] of provider.discovered()) {
      if (placed.has(id)) continue
      const upstreamModel = settings.get(id)?.upstreamModel
      const spec = ofListed(listed, familyAt(provider, id))
      placed.set(id, [{ provider, spec, upstreamModel, listed: true }])
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
  lists: ReadonlyMap<ProviderActor, Listing>,
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
    const listed = lists.get(provider)?.find(rest.upstreamModel ?? id)
    const known = specAt(provider, id, rest.upstreamModel) ?? shared
    const told = listed && ofListed(listed, familyAt(provider, listed.id))
    const spec = known ? completed(known, listed) : told ? { ...told, id } : bare(id)
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

/** The catalogue's model at `provider` of which `name` is a dated version. */
const familyAt = (
  { settings: { provider: { models } } }: ProviderActor,
  name: string
): ModelSpec | undefined => {
  const family = undated(name)
  return family === undefined
    ? undefined
    : models.find(({ id, aliasOf }) => id === family && aliasOf === undefined)
}
