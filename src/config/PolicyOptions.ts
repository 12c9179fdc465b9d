/**
 * What can be said of traffic: in `penstock.yaml` and, while the gateway runs, over its API.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import { strategies } from "./Traffic.ts"

const optional = Schema.optionalKey
/** What `null` lifts: a limit, or a default that stands below. */
const liftable = <S extends Schema.Constraint>(schema: S) => optional(Schema.NullOr(schema))

/** A whole number from 1 to a thousand million. */
export const Positive = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000_000 }))
/** A name that can stand in an address and in a log. */
export const Id = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9._:\/-]{0,127}$/, {
    message: "Expected a name of letters, digits and . _ : / -"
  })
)
/** A share in relation to others. */
export const Weight = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))
/** The least goes first. */
export const Priority = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))

/** How often something may be used; `null` is without a limit. */
export const LimitOptions = Schema.Struct({
  requests_per_minute: liftable(Positive),
  /** Prompt and answer together. */
  tokens_per_minute: liftable(Positive),
  /** Requests under way at once. */
  concurrency: liftable(Positive)
})
/** How often something may be used. */
export type LimitOptions = typeof LimitOptions.Type

/** The fields of `PolicyOptions`. */
export const policyFields = {
  enabled: optional(Schema.Boolean),
  /** For the strategy `priority`: the least goes first. */
  priority: optional(Priority),
  rate_limit: optional(LimitOptions),
  /** The models that answer where this one cannot, in order. */
  fallback_models: optional(Schema.Array(Id).check(Schema.isMaxLength(32))),
  parameters: optional(Schema.Struct({
    /** Where a request gives none; `null` leaves it to the provider. */
    default_temperature: liftable(
      Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 2 }))
    ),
    /** The default and the most of a request's `max_tokens`; `null` is without. */
    max_tokens: liftable(Positive)
  })),
  /** What becomes of a stream that breaks after content. */
  stream_recovery: optional(Schema.Literals(["resume", "fail"])),
  /** Whether another model is asked where this one's content filter refuses. */
  reroute_filtered: optional(Schema.Boolean),
  /** Whether the provider is hung up on when the client leaves, or read on for its count of tokens. */
  on_disconnect: optional(Schema.Literals(["cancel", "drain"]))
} as const

/** How one model is used; what is absent stays as it is below: in the file, else by default. */
export const PolicyOptions = Schema.Struct(policyFields)
/** How one model is used. */
export type PolicyOptions = typeof PolicyOptions.Type

/** How traffic is spread; what is absent stays as it is below. */
export const LoadBalancingOptions = Schema.Struct({
  strategy: optional(Schema.Literals(strategies)),
  /** In seconds. */
  health_check_interval: optional(
    Schema.Finite.check(Schema.isBetween({ minimum: 0.1, maximum: 86_400 }))
  ),
  /** So many failures in a row open a circuit. */
  failure_threshold: optional(Positive),
  /** So many successes in a row close it. */
  recovery_threshold: optional(Positive),
  /** The models that `"model": "auto"` chooses among, each with its share. */
  weights: optional(Schema.Record(Id, Weight))
})
/** How traffic is spread. */
export type LoadBalancingOptions = typeof LoadBalancingOptions.Type
