/**
 * What a call took, and what it cost.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { CompletionRequest } from "../domain/Completion.ts"
import { type Cost, costOf, type Rates, toldCost } from "../domain/Cost.ts"
import type { Model } from "../domain/Model.ts"
import { type Terms, underTerms } from "../domain/Terms.ts"
import type { Usage } from "../domain/Usage.ts"
import { chargeFor, type Ended, needed } from "../ledger/charge.ts"
import type { Asked, Charge } from "../ledger/Entry.ts"
import { roughPrompt } from "../ledger/tokens/prompt.ts"
import type { Written } from "../ledger/tokens/Written.ts"
import { ratesOf } from "../routing/rates.ts"
import type { Candidate } from "./Decision.ts"
import type { Journey, Leg } from "./Journey.ts"
import type { Tools } from "./Tools.ts"

/** Notes what a call took, in the limits and in the decision, and says what it cost. */
export const account = (
  journey: Journey,
  leg: Leg,
  usage: Usage
): Cost | undefined => {
  const charge = chargeOf(usage, leg.rates, leg.candidate.deployment.provider.settings.provider)
  leg.charge = charge
  leg.attempt.usage = usage
  leg.attempt.cost = charge.cost
  const tokens = usage.promptTokens + usage.completionTokens
  journey.spent += tokens
  if (journey.model) journey.model.spent += tokens
  return charge.cost
}

/**
 * What `usage` costs: what the provider itself says, where the operator has set no price; else at the
 * `ordinary` rates of its model, under the provider's `terms`. Unknown where neither is known for all
 * that is in it.
 */
export const chargeOf = (
  usage: Usage,
  ordinary: Rates | undefined,
  terms: Terms = {}
): Charge => {
  if (usage.toldNanos !== undefined && ordinary?.by !== "operator") {
    return { usage, cost: toldCost(usage.toldNanos, ordinary, usage), rates: undefined }
  }
  const rates = underTerms(ordinary, usage, terms)
  return { usage, cost: rates && costOf(rates, usage), rates }
}

/** A call that is about to be made, as the books note it: charged with its prompt for now. */
export const toAsked = (
  tools: Tools,
  journey: Journey,
  { deployment }: Candidate,
  resumed: Asked["resumed"]
): Asked => {
  const promptTokens = journey.roughPrompt ??= roughPrompt(journey.ask.request)
  const rates = ratesOf(deployment, tools.prices, tools.wallClock())
  return {
    number: journey.decision.attempts.length + 1,
    deployment: deployment.id,
    model: deployment.model.id,
    provider: deployment.provider.settings.provider.id,
    startedMs: tools.now() - journey.startedAt,
    resumed,
    charge: chargeOf(written(promptTokens, 0), rates)
  }
}

/**
 * What is charged for a call that asked for `request` and had `text` written, which is made when it
 * has to be counted; nothing where it is not owed for. Only what the provider left open is counted.
 */
export const charged = (
  tools: Tools,
  leg: Leg,
  request: CompletionRequest,
  text: () => Written,
  how: Omit<Ended, "maxTokens">
): Effect.Effect<Usage | undefined> => {
  const { maxTokens, n = 1 } = request.parameters
  const ended = { ...how, maxTokens: maxTokens === undefined ? undefined : maxTokens * n }
  const { prompt, written } = needed(ended)
  if (!prompt && !written) {
    return Effect.succeed(chargeFor({ ...ended, promptTokens: 0, writtenTokens: 0 }))
  }
  // Counting is not the provider's time.
  leg.endedAt ??= tools.now()
  return Effect.zipWith(
    prompt ? tools.counter.countRequest(request) : Effect.succeed(0),
    written ? tools.counter.count(text()) : Effect.succeed(0),
    (promptTokens, writtenTokens) => chargeFor({ ...ended, promptTokens, writtenTokens })
  )
}

/** So much was read and written, as the gateway counts. */
export const written = (promptTokens: number, completionTokens: number): Usage => ({
  promptTokens,
  completionTokens,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "estimated"
})

/** What a provider is asked for beside the request. */
export const targetOf = (model: Model, stream: boolean) => ({
  model: model.upstreamModel,
  maxOutputTokens: model.maxOutputTokens,
  stream
})
