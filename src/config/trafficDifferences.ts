/**
 * What differs between two traffic configurations.
 *
 * @module
 */
import type { ConfigFile } from "./ConfigFile.ts"
import { type Difference, differences } from "./difference.ts"
import { showLoadBalancing, showPolicy } from "./Shown.ts"
import { defaultPolicy, type ModelPolicy, type Traffic } from "./Traffic.ts"
import { asWritten, nothingWritten, type Written, writtenIn } from "./written.ts"

/** How the model `id` is used. */
export const policyIn = ({ policies }: Traffic, id: string): ModelPolicy =>
  policies.get(id) ?? defaultPolicy

/** Where two traffic configurations differ in what can be changed over the API. */
export const trafficDifferences = (before: Traffic, after: Traffic): ReadonlyArray<Difference> =>
  shown(before.written, after.written, [
    ...Array.from(new Set([...before.policies.keys(), ...after.policies.keys()])).flatMap((id) =>
      differences(`models.${id}`, showPolicy(policyIn(before, id)), showPolicy(policyIn(after, id)))
    ),
    ...differences(
      "load_balancing",
      showLoadBalancing(before.loadBalancing),
      showLoadBalancing(after.loadBalancing)
    )
  ])

/** Where two files differ in what needs no restart. */
export const fileDifferences = (
  before: ConfigFile,
  after: ConfigFile
): ReadonlyArray<Difference> =>
  shown(writtenIn(before), writtenIn(after), [
    ...differences("models", before.models, after.models),
    ...differences("load_balancing", before.load_balancing, after.load_balancing),
    ...differences("limits.key", before.limits?.key, after.limits?.key),
    ...differences("limits.keys", before.limits?.keys, after.limits?.keys)
  ])

/** They are told and kept: what came out of the environment may not be. */
const shown = (
  old: Written = nothingWritten,
  young: Written = nothingWritten,
  changes: ReadonlyArray<Difference>
): ReadonlyArray<Difference> =>
  changes.map(({ path, before, after }) => ({
    path,
    before: asWritten(before, old),
    after: asWritten(after, young)
  }))

/** The parts in which two files differ that count from the next start on; of providers, each by its id. */
export const restartDifferences = (
  before: ConfigFile,
  after: ConfigFile
): ReadonlyArray<string> =>
  slowParts.flatMap((key) => {
    if (differences(key, slow(before)[key], slow(after)[key]).length === 0) return []
    return key === "providers"
      ? `providers (${providerDifferences(before.providers, after.providers).join(", ")})`
      : key
  })

/** Which providers are others, such as `local added`. */
const providerDifferences = (
  before: ConfigFile["providers"] = {},
  after: ConfigFile["providers"] = {}
): ReadonlyArray<string> =>
  Array.from(new Set([...Object.keys(before), ...Object.keys(after)])).flatMap((id) => {
    if (before[id] === undefined) return `${id} added`
    if (after[id] === undefined) return `${id} removed`
    return differences(id, before[id], after[id]).length > 0 ? `${id} changed` : []
  })

const slowParts = [
  "server",
  "auth",
  "limits",
  "timeouts",
  "retries",
  "ledger",
  "logs",
  "simulator",
  "providers"
]

/** The parts of a file that are read at the start only. */
const slow = (
  { models: _models, load_balancing: _balancing, limits = {}, ...rest }: ConfigFile
): Readonly<Record<string, unknown>> => {
  const { key: _key, keys: _keys, ...other } = limits
  return { ...rest, limits: other }
}
