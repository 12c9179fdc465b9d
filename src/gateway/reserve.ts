/**
 * What a request takes from the limits before it is served.
 *
 * @module
 */
import type { CompletionRequest } from "../domain/Completion.ts"
import { GatewayError, invalidRequest } from "../domain/GatewayError.ts"
import type { Limits, ModelPolicy, Traffic } from "../config/Traffic.ts"
import type { Scope, Taken } from "../guard/limits/Limiter.ts"
import { roughPrompt } from "../ledger/tokens/prompt.ts"

/** The limits that hold for a caller. */
export const keyScope = ({ keyLimits }: Traffic, caller: string): Scope => ({
  name: `key/${caller}`,
  limits: keyLimits.byId.get(caller) ?? keyLimits.all
})

/** The limits that hold for a model. */
export const modelScope = (model: string, { limits }: ModelPolicy): Scope => ({
  name: `model/${model}`,
  limits
})

/** Tokens that are set aside for an answer whose length the request leaves open. */
const openEnded = 1000

/**
 * The tokens to set aside under `limits`: the prompt by a rule of thumb, and as much of an answer as
 * the request allows. One that leaves its length open is never too large for that.
 */
export const tokensToReserve = (limits: Limits, request: CompletionRequest): number => {
  const most = limits.tokensPerMinute
  if (most === undefined) return 0
  const promptTokens = roughPrompt(request)
  const { maxTokens, n = 1 } = request.parameters
  return maxTokens === undefined
    ? promptTokens + Math.max(0, Math.min(openEnded * n, most - promptTokens))
    : promptTokens + maxTokens * n
}

/** What a client is told whose request is not admitted. */
export const refusal = (
  of: "key" | "model",
  model: string,
  taken: Exclude<Taken, { readonly _tag: "Taken" }>
): GatewayError =>
  taken._tag === "TooLarge"
    ? invalidRequest(
      `The request may take more tokens than ${whose[of]} limit of ${taken.limit} a minute ever ` +
        "lets through: shorten it, or lower max_tokens",
      { kind: "request_exceeds_limit" }
    )
    : new GatewayError({
      reason: {
        _tag: "RateLimited",
        of,
        limit: taken.limit,
        model,
        retryAfterMs: taken.retryAfterMs
      }
    })

const whose = { key: "your key's", model: "the model's" }
