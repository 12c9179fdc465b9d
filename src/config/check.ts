/**
 * What is wrong with a configuration although each of its parts is as it should be.
 *
 * @module
 */
import type { Issue } from "../domain/GatewayError.ts"
import type { ModelSettings } from "./ModelSettings.ts"
import type { ModelPolicy, Traffic } from "./Traffic.ts"
import { nothingWritten, quoted, type Written } from "./written.ts"

/** The ids of the models that there are; `undefined` where that is not known yet. */
export type Known = ReadonlySet<string> | undefined

/** What is wrong with all of it, each by its path in `penstock.yaml`. */
export const check = (traffic: Traffic, known: Known): ReadonlyArray<Issue> => [
  ...Array.from(traffic.policies.keys()).flatMap((id) =>
    below(["models", id], checkFallbacks(traffic, id, known))
  ),
  ...Array.from(traffic.models).flatMap(([id, { deployments }]) =>
    deployments?.every(({ weight }) => weight === 0)
      ? [{ path: ["models", id, "deployments"], message: "The weights sum to 0" }]
      : []
  ),
  ...below(["load_balancing"], checkWeights(traffic, known))
]

/** What is wrong with the fallbacks of the model `id`. */
export const checkFallbacks = (
  { policies, written }: Traffic,
  id: string,
  known: Known
): ReadonlyArray<Issue> =>
  (policies.get(id)?.fallbackModels ?? []).flatMap((fallback, index) => {
    const path = ["fallback_models", index]
    if (known && !known.has(fallback)) return [{ path, message: unknown(fallback, written) }]
    const way = wayBack(policies, id, fallback)
    return way ? [{ path, message: `"${id}" falls back on itself: ${way.join(" → ")}` }] : []
  })

/** What is wrong with the shares of `"model": "auto"`. */
export const checkWeights = (
  { loadBalancing: { weights } }: Traffic,
  known: Known
): ReadonlyArray<Issue> => {
  const strangers = known ? Array.from(weights.keys()).filter((id) => !known.has(id)) : []
  const sum = weights.values().reduce((sum, weight) => sum + weight, 0)
  return [
    ...strangers.map((id) => ({ path: ["weights", id], message: unknown(id) })),
    ...(weights.size > 0 && sum === 0
      ? [{ path: ["weights"], message: "The weights sum to 0" }]
      : [])
  ]
}

/**
 * Which models name a provider that is not among `providers`; `written` tells how the file writes what
 * was filled into it.
 */
export const checkProviders = (
  models: ReadonlyMap<string, ModelSettings>,
  providers: ReadonlySet<string>,
  written: Written = nothingWritten
): ReadonlyArray<Issue & { readonly provider: string }> =>
  Array.from(models).flatMap(([id, { provider, deployments = [] }]) =>
    [
      { path: ["models", id, "provider"], provider },
      ...deployments.map(({ provider }, index) => ({
        path: ["models", id, "deployments", index, "provider"],
        provider
      }))
    ].flatMap(({ path, provider }) =>
      provider === undefined || providers.has(provider)
        ? []
        : [{ path, provider, message: `there is no provider ${quoted(provider, written)}` }]
    )
  )

const unknown = (id: string, written = nothingWritten) => `There is no model ${quoted(id, written)}`

const below = (path: Issue["path"], issues: ReadonlyArray<Issue>): ReadonlyArray<Issue> =>
  issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }))

/** The shortest chain of fallbacks from `id` over `first` back to `id`. */
const wayBack = (
  policies: ReadonlyMap<string, ModelPolicy>,
  id: string,
  first: string
): ReadonlyArray<string> | undefined => {
  const seen = new Set<string>()
  let ways: ReadonlyArray<ReadonlyArray<string>> = [[id, first]]
  while (ways.length > 0) {
    const further: Array<ReadonlyArray<string>> = []
    for (const way of ways) {
      const last = way.at(-1) ?? first
      if (last === id) return way
      if (seen.has(last)) continue
      seen.add(last)
      for (const next of policies.get(last)?.fallbackModels ?? []) further.push([...way, next])
    }
    ways = further
  }
  return undefined
}
