/**
 * What a call took, and what it cost.
 *
 * @module
 */
import { type Cost, costOf } from "../domain/Cost.ts"
import type { Model } from "../domain/Model.ts"
import type { Usage } from "../domain/Usage.ts"
import { ratesOf } from "../routing/rates.ts"
import type { Journey, Leg } from "./Journey.ts"
import type { Tools } from "./Tools.ts"

/** Notes what a call took, in the limits and in the decision, and says what it cost. */
export const account = (
  { prices, wallClock }: Tools,
  journey: Journey,
  { attempt, candidate: { deployment } }: Leg,
  usage: Usage
): Cost | undefined => {
  const rates = ratesOf(deployment, prices, wallClock())
  attempt.usage = usage
  attempt.cost = rates && costOf(rates, usage)
  const tokens = usage.promptTokens + usage.completionTokens
  journey.spent += tokens
  if (journey.model) journey.model.spent += tokens
  return attempt.cost
}

/** What a provider is asked for beside the request. */
export const targetOf = (model: Model, stream: boolean) => ({
  model: model.upstreamModel,
  maxOutputTokens: model.maxOutputTokens,
  stream
})
