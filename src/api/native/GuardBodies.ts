/**
 * Circuits, limits and retries, as operators see them.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import type { CircuitView } from "../../guard/Circuits.ts"
import type { ScopeCount } from "../../guard/limits/Limiter.ts"

/** A circuit, and what else keeps calls away from a deployment. */
export const CircuitBody = Schema.Struct({
  state: Schema.Literals(["closed", "open", "half_open"]),
  consecutive_failures: Schema.Natural,
  /** Until it lets a call go; absent where it does now. */
  retry_in_ms: Schema.optionalKey(Schema.Natural),
  /** Until the pause that the provider asked for is over. */
  cooling_down_ms: Schema.optionalKey(Schema.Natural),
  /** Until the key that the provider refused is used again. */
  key_parked_ms: Schema.optionalKey(Schema.Natural)
})

/** What one scope has used of its limits. */
export const ScopeBody = Schema.Struct({
  /** Such as `key/abc` or `model/gpt-4`. */
  scope: Schema.String,
  /** In the last minute. */
  requests: Schema.Natural,
  tokens: Schema.Natural,
  /** Of these, set aside for requests under way. */
  reserved: Schema.Natural,
  concurrency: Schema.Natural
})

/** A circuit, in the API's words. */
export const toCircuit = (view: CircuitView): typeof CircuitBody.Type => ({
  state: view.state,
  consecutive_failures: view.consecutiveFailures,
  ...(view.retryInMs === undefined ? {} : { retry_in_ms: Math.ceil(view.retryInMs) }),
  ...(view.coolingDownMs === undefined ? {} : { cooling_down_ms: Math.ceil(view.coolingDownMs) }),
  ...(view.parkedMs === undefined ? {} : { key_parked_ms: Math.ceil(view.parkedMs) })
})

/** A scope, in the API's words. */
export const toScope = (
  { scope, requests, tokens, reserved, concurrency }: ScopeCount
): typeof ScopeBody.Type => ({ scope, requests, tokens, reserved, concurrency })
