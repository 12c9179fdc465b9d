/**
 * What is known of a model: by the catalogue, by its provider's list, or by nobody.
 *
 * @module
 */
import { capabilities, type Capability, type ModelSpec } from "../domain/Model.ts"
import type { ListedModel, ModelList } from "../provider/ModelList.ts"

/** A model of which only the id is known: it is taken to converse, and may do anything else. */
export const bare = (id: string): ModelSpec => ({
  id,
  name: id,
  capabilities: assumed,
  unknownCapabilities: without(capabilities, assumed)
})

/** A model that only its provider's list knows; `family` is what the catalogue knows it for a version of. */
export const ofListed = (
  { capabilities: told = [], lacks = [], ...facts }: ListedModel,
  family: ModelSpec | undefined
): ModelSpec => {
  const { id } = facts
  if (family) return { ...family, ...facts, name: facts.name ?? id, upstreamModel: id }
  const embeds = told.includes("embeddings") && !assumed.some((one) => told.includes(one))
  const known = embeds ? told : inOrder([...without(assumed, lacks), ...told])
  return {
    ...facts,
    name: facts.name ?? id,
    capabilities: known,
    unknownCapabilities: embeds ? [] : without(capabilities, [...known, ...lacks])
  }
}

/** `spec` of the catalogue, with what only the provider's list tells. */
export const completed = (spec: ModelSpec, listed: ListedModel | undefined): ModelSpec => {
  if (!listed) return spec
  const { capabilities: told = [], lacks = [] } = listed
  const unsure = spec.unknownCapabilities ?? []
  const learned = unsure.filter((one) => told.includes(one))
  return {
    ...spec,
    contextWindow: spec.contextWindow ?? listed.contextWindow,
    maxOutputTokens: spec.maxOutputTokens ?? listed.maxOutputTokens,
    rates: spec.rates ?? listed.rates,
    capabilities: inOrder([...spec.capabilities, ...learned]),
    unknownCapabilities: without(unsure, [...learned, ...lacks])
  }
}

/** What a provider lists, to be found by the names that it gives its models. */
export interface Listing {
  /** The model called `name`, or a dated version of it. */
  readonly find: (name: string) => ListedModel | undefined
  /** Whether it has one; `undefined` where there is no list to tell. */
  readonly has: (name: string) => boolean | undefined
}

/** What `list` has. */
export const listing = (list: ModelList): Listing => {
  const versions = new Map<string, ListedModel>()
  for (const [id, listed] of list) {
    const family = undated(id)
    if (family !== undefined) versions.set(family, listed)
  }
  const find = (name: string) => list.get(name) ?? versions.get(name)
  return { find, has: (name) => list.size === 0 ? undefined : find(name) !== undefined }
}

/** What a dated name is a version of: `gpt-4o` for `gpt-4o-2024-08-06`. */
export const undated = (name: string): string | undefined =>
  /^(.+)-(?:20\d\d-\d\d-\d\d|20\d{6})$/.exec(name)?.[1]

const assumed: ReadonlyArray<Capability> = ["text-generation", "conversation"]

const without = (
  all: ReadonlyArray<Capability>,
  some: ReadonlyArray<Capability>
): ReadonlyArray<Capability> => all.filter((one) => !some.includes(one))

const inOrder = (some: ReadonlyArray<Capability>): ReadonlyArray<Capability> =>
  capabilities.filter((one) => some.includes(one))
