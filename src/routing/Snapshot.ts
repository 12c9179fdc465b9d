/**
 * Which models there are and who serves each, at one moment.
 *
 * @module
 */
import type { ModelSettings } from "../config/ModelSettings.ts"
import { defaultPolicy, type ModelPolicy, type Traffic } from "../config/Traffic.ts"
import type { Providers } from "../provider/Providers.ts"
import { deploy, type Deployment } from "./Deployment.ts"
import { type Places, places } from "./places.ts"

/** A model, how it is used, and who serves it. */
export interface ModelEntry {
  readonly id: string
  /** The defaults where nobody set it up; enabled only where the file has it enabled too. */
  readonly policy: ModelPolicy
  /** In the order of the configuration. */
  readonly deployments: readonly [Deployment, ...Array<Deployment>]
}

/** Which models there are and who serves each: a request takes one, and keeps it. */
export interface Snapshot {
  /** What it was made of. */
  readonly traffic: Traffic
  /** The model that clients call `id`: found in the table or not at all, never put together. */
  readonly find: (id: string) => ModelEntry | undefined
  /** Every model, those that providers told of at the end. */
  readonly entries: ReadonlyArray<ModelEntry>
}

/** What `traffic` makes of the catalogue and of what providers told until now. */
export const make = (traffic: Traffic, providers: Providers["Service"]): Snapshot => {
  const found = new Map<string, ModelEntry>()
  for (const [id, where] of places(traffic.models, providers)) {
    const own = traffic.models.get(id)
    const policy = policyOf(traffic.policies.get(id) ?? defaultPolicy, own)
    found.set(id, { id, policy, deployments: deployments(where, own, policy) })
  }
  return { traffic, find: (id) => found.get(id), entries: [...found.values()] }
}

const policyOf = (policy: ModelPolicy, own: ModelSettings | undefined): ModelPolicy =>
  own?.enabled === false ? { ...policy, enabled: false } : policy

const deployments = (
  [first, ...others]: Places,
  own: ModelSettings | undefined,
  { enabled }: ModelPolicy
): ModelEntry["deployments"] => {
  const all: [Deployment, ...Array<Deployment>] = [deploy(first, own, enabled, [])]
  for (const place of others) all.push(deploy(place, own, enabled, all))
  return all
}
