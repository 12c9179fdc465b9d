/**
 * Who could answer a request, in the order in which they are asked.
 *
 * @module
 */
import type { Strategy } from "../config/Traffic.ts"
import { GatewayError } from "../domain/GatewayError.ts"
import type { Prices } from "../ledger/prices/Prices.ts"
import type { Balancer, Choice } from "../routing/Balancer.ts"
import type { Deployment, ModelEntry, Snapshot } from "../routing/ModelTable.ts"
import { ratesOf } from "../routing/rates.ts"
import type { Candidate } from "./Decision.ts"

/** The name by which a client leaves the choice of the model to the gateway. */
export const auto = "auto"

/** What it takes to put candidates in order. */
export interface PlanTools {
  readonly balancer: Balancer["Service"]
  readonly prices: Prices["Service"]
  /** Unix milliseconds. */
  readonly now: number
}

/**
 * Everybody who could answer for `model`: its deployments by the strategy, then those of its
 * fallbacks, each model once. `auto` stands for the weighted models, by the strategy.
 */
export const plan = (
  snapshot: Snapshot,
  model: string,
  tools: PlanTools
): ReadonlyArray<Candidate> | GatewayError => {
  if (model === auto) {
    const models = weighted(snapshot, tools)
    return models.length === 0
      ? noWeights
      : models.flatMap((entry) => ofModel(snapshot, entry, tools))
  }
  const entry = snapshot.find(model)
  if (!entry) return new GatewayError({ reason: { _tag: "ModelNotFound", model } })
  const own = ofModel(snapshot, entry, tools)
  if (entry.policy.fallbackModels.length === 0) return own
  const fallbacks = new Set(entry.policy.fallbackModels.filter((id) => id !== entry.id))
  return [
    ...own,
    ...Array.from(fallbacks).flatMap((id) => {
      const fallback = snapshot.find(id)
      return fallback ? ofModel(snapshot, fallback, tools) : []
    })
  ]
}

const noWeights = new GatewayError({
  reason: {
    _tag: "ModelUnavailable",
    why: "not_configured",
    message: `No model has a weight: PUT /config/load-balancing says which "${auto}" chooses among`
  }
})

/** The models that `auto` chooses among, the one to ask first at the front. */
const weighted = (
  snapshot: Snapshot,
  tools: PlanTools
): ReadonlyArray<ModelEntry> => {
  const { strategy, weights } = snapshot.traffic.loadBalancing
  const choices: Array<Choice & { readonly entry: ModelEntry }> = []
  for (const [id, weight] of weights) {
    const entry = snapshot.find(id)
    if (entry === undefined) continue
    const [first] = entry.deployments
    const price = priceOf(first, strategy, tools)
    // Latency and failures are known of deployments.
    choices.push({ id: first.id, weight, priority: entry.policy.priority, price, entry })
  }
  return tools.balancer.order(auto, strategy, choices).map(({ entry }) => entry)
}

const ofModel = (
  { traffic: { loadBalancing: { strategy } } }: Snapshot,
  { id, policy, deployments }: ModelEntry,
  tools: PlanTools
): Array<Candidate> => {
  const candidate = (deployment: Deployment): Candidate => ({
    deployment,
    policy,
    skipped: undefined,
    circuit: undefined
  })
  // Nearly every model is served by one provider.
  if (deployments.length === 1) return [candidate(deployments[0])]
  const choices = deployments.map((deployment) => ({
    id: deployment.id,
    weight: deployment.weight,
    priority: deployment.priority,
    price: priceOf(deployment, strategy, tools),
    deployment
  }))
  return tools.balancer.order(id, strategy, choices)
    .map(({ deployment }) => candidate(deployment))
}

/** What a deployment charges, where the strategy asks for that. */
const priceOf = (
  deployment: Deployment,
  strategy: Strategy,
  { prices, now }: PlanTools
): number | undefined => {
  if (strategy !== "lowest_cost") return undefined
  const rates = ratesOf(deployment, prices, now)
  return rates && rates.input + rates.output
}
