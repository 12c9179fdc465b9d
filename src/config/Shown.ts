/**
 * The traffic configuration as operators see it: every field filled in.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import { type Limits, type LoadBalancing, type ModelPolicy, strategies } from "./Traffic.ts"

const Limit = Schema.NullOr(Schema.Natural)

/** How one model is used. */
export const ShownPolicy = Schema.Struct({
  enabled: Schema.Boolean,
  /** For the strategy `priority`: the least goes first. */
  priority: Schema.Natural,
  /** `null` is without a limit. */
  rate_limit: Schema.Struct({
    requests_per_minute: Limit,
    tokens_per_minute: Limit,
    concurrency: Limit
  }),
  /** The models that answer where this one cannot, in order. */
  fallback_models: Schema.Array(Schema.String),
  parameters: Schema.Struct({
    /** Where a request gives none; `null` leaves it to the provider. */
    default_temperature: Schema.NullOr(Schema.Finite),
    /** The default and the most of a request's `max_tokens`; `null` is without. */
    max_tokens: Limit
  }),
  /** What becomes of a stream that breaks after content. */
  stream_recovery: Schema.Literals(["resume", "fail"]),
  /** Whether another model is asked where this one's content filter refuses. */
  reroute_filtered: Schema.Boolean,
  /** What becomes of a call whose client leaves. */
  on_disconnect: Schema.Literals(["cancel", "drain"])
}).annotate({ identifier: "ModelConfig" })

/** How traffic is spread. */
export const ShownLoadBalancing = Schema.Struct({
  strategy: Schema.Literals(strategies),
  /** In seconds. */
  health_check_interval: Schema.Finite,
  failure_threshold: Schema.Natural,
  recovery_threshold: Schema.Natural,
  /** The models that `"model": "auto"` chooses among, each with its share. */
  weights: Schema.Record(Schema.String, Schema.Finite)
}).annotate({ identifier: "LoadBalancing" })

/** How one model is used. */
export const showPolicy = (policy: ModelPolicy): typeof ShownPolicy.Type => ({
  enabled: policy.enabled,
  priority: policy.priority,
  rate_limit: showLimits(policy.limits),
  fallback_models: policy.fallbackModels,
  parameters: {
    default_temperature: policy.defaultTemperature ?? null,
    max_tokens: policy.maxTokens ?? null
  },
  stream_recovery: policy.streamRecovery,
  reroute_filtered: policy.rerouteFiltered,
  on_disconnect: policy.onDisconnect
})

/** How traffic is spread. */
export const showLoadBalancing = (balancing: LoadBalancing): typeof ShownLoadBalancing.Type => ({
  strategy: balancing.strategy,
  health_check_interval: balancing.healthCheckIntervalMs / 1000,
  failure_threshold: balancing.failureThreshold,
  recovery_threshold: balancing.recoveryThreshold,
  weights: Object.fromEntries(balancing.weights)
})

const showLimits = (limits: Limits) => ({
  requests_per_minute: limits.requestsPerMinute ?? null,
  tokens_per_minute: limits.tokensPerMinute ?? null,
  concurrency: limits.concurrency ?? null
})
