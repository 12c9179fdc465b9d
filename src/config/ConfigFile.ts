/**
 * The shape of `penstock.yaml`. Every key may be left out; an unknown one is refused.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { dialectNames } from "../domain/Message.ts"
import { capabilities, parameterFields } from "../domain/Model.ts"
import {
  Id,
  LimitOptions,
  LoadBalancingOptions,
  policyFields,
  Positive,
  Priority,
  Weight
} from "./PolicyOptions.ts"

const Text = Schema.NonEmptyString
/** Up to a day. */
const Seconds = Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(86_400))
/** US dollars for a million tokens. */
const Dollars = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))
const optional = Schema.optionalKey

/** Where the gateway listens. */
const Server = Schema.Struct({
  host: optional(Text),
  port: optional(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 }))),
  /** How long streams may go on after the gateway was told to stop. */
  drain_seconds: optional(Seconds)
})

/** Who may call. */
const Auth = Schema.Struct({
  api_key: optional(Schema.String),
  jwt: optional(Schema.Struct({
    secret: optional(Schema.String),
    jwks_url: optional(Text),
    issuer: optional(Text),
    audience: optional(Text)
  }))
})

/** How long things may take. */
const Timeouts = Schema.Struct({
  body_seconds: optional(Seconds),
  connect_seconds: optional(Seconds),
  stream_head_seconds: optional(Seconds),
  whole_head_seconds: optional(Seconds),
  first_token_seconds: optional(Seconds),
  idle_seconds: optional(Seconds),
  total_seconds: optional(Seconds),
  keep_alive_seconds: optional(Seconds),
  slow_client_seconds: optional(Seconds),
  /** For how long a provider is read on whose client has left. */
  read_on_seconds: optional(Seconds)
})

/** How a server of the operator's own differs from the rest of those that speak OpenAI's dialect. */
const QuirkOptions = Schema.Struct({
  max_tokens_field: optional(Schema.Literals(["max_tokens", "max_completion_tokens"])),
  /** Whether it may be asked for usage in a stream. */
  stream_usage: optional(Schema.Boolean),
  user_field: optional(Schema.Literals(["user", "safety_identifier", "user_id", "none"])),
  seed_field: optional(Schema.Literals(["seed", "random_seed"])),
  /** Where the reasoning of earlier turns goes back. */
  reasoning_field: optional(Schema.Literals(["reasoning", "reasoning_content"])),
  reasoning_switch: optional(Schema.Literals(["reasoning_effort", "thinking"])),
  developer_role: optional(Schema.Boolean),
  required_tool_choice: optional(Schema.Literals(["any", "required"])),
  named_tool_choice: optional(Schema.Boolean),
  short_tool_call_ids: optional(Schema.Boolean),
  /** Whether a tool call takes its signature back in `extra_content`. */
  thought_signatures: optional(Schema.Boolean),
  message_names: optional(Schema.Boolean),
  json_formats: optional(Schema.Array(Schema.Literals(["json_object", "json_schema"]))),
  most_stops: optional(Positive),
  top_k: optional(Schema.Boolean),
  /** The parameters that it does not take. */
  unsupported: optional(Schema.Array(Schema.Literals(Struct.keys(parameterFields))))
})

/** A provider: one of the catalogue set up otherwise, or one of the operator's own. */
const ProviderOptions = Schema.Struct({
  enabled: optional(Schema.Boolean),
  name: optional(Text),
  /** Needed for a provider that the catalogue does not have. */
  dialect: optional(Schema.Literals(dialectNames)),
  base_url: optional(Text),
  api_key: optional(Schema.String),
  /** How it differs from the rest that speak OpenAI's dialect; only for one of the operator's own. */
  quirks: optional(QuirkOptions),
  /** What else has to be known of it, such as a region. */
  options: optional(Schema.Record(Text, Schema.String)),
  /** Its name in the price list, such as `groq`. */
  pricing: optional(Text),
  /** Whether to ask it which models it serves, at start and from time to time. */
  discover: optional(Schema.Boolean),
  /** Calls at once. */
  concurrency: optional(Positive),
  /** Calls that wait for a place. */
  waiting: optional(Positive),
  /** How long a call waits for one. */
  wait_seconds: optional(Seconds),
  /** How to find out whether it is well: by its list of models, by an answer of one token. */
  health_check: optional(Schema.Literals(["models", "completion", "none"]))
})

const priceFields = {
  input_per_1m_tokens: Dollars,
  output_per_1m_tokens: Dollars,
  cached_input_per_1m_tokens: optional(Dollars),
  cache_write_per_1m_tokens: optional(Dollars),
  long_cache_write_per_1m_tokens: optional(Dollars),
  reasoning_per_1m_tokens: optional(Dollars)
}

/** A model: one of the catalogue set up otherwise, or one of the operator's own. */
const ModelOptions = Schema.Struct({
  ...policyFields,
  provider: optional(Text),
  upstream_model: optional(Text),
  name: optional(Text),
  context_window: optional(Positive),
  max_output_tokens: optional(Positive),
  capabilities: optional(Schema.Array(Schema.Literals(capabilities))),
  price: optional(Schema.Struct({
    ...priceFields,
    /** Other tiers of service, by the provider's names for them. */
    service_tiers: optional(Schema.Record(Text, Schema.Struct(priceFields)))
  })),
  /** Who serves it, where that is more than one. */
  deployments: optional(Schema.NonEmptyArray(Schema.Struct({
    provider: Text,
    upstream_model: optional(Text),
    weight: optional(Weight),
    priority: optional(Priority)
  })))
})

/** What may be used, by whom. */
const LimitsOptions = Schema.Struct({
  body_bytes: optional(Positive),
  /** Requests for an answer that are under way in the whole process. */
  requests_at_once: optional(Positive),
  /** For each caller's key on its own. */
  key: optional(LimitOptions),
  /** For some keys, by their ids, and for tokens, by `jwt:` and their `sub`. */
  keys: optional(Schema.Record(Text, LimitOptions))
})

/** The books. */
const LedgerOptions = Schema.Struct({
  /** What no written row is lost by: the end of the process, or of the power too. */
  durability: optional(Schema.Literals(["process", "power"])),
  /** What becomes of requests while the books cannot be written. */
  on_failure: optional(Schema.Literals(["refuse", "serve"])),
  /** How long rows are kept; `null` is for ever. Sums of days are always kept. */
  retention_days: optional(Schema.NullOr(Positive)),
  /** Whether each day's rows are written to a file once it is over. */
  export_days: optional(Schema.Boolean)
})

/** The shape of `penstock.yaml`. */
export const ConfigFile = Schema.Struct({
  server: optional(Server),
  auth: optional(Auth),
  limits: optional(LimitsOptions),
  timeouts: optional(Timeouts),
  retries: optional(Schema.Struct({
    /** How often providers are asked for one request. */
    attempts: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 20 })))
  })),
  load_balancing: optional(LoadBalancingOptions),
  ledger: optional(LedgerOptions),
  logs: optional(Schema.Struct({
    /** Of which requests a line is logged. */
    requests: optional(Schema.Literals(["all", "failed", "none"]))
  })),
  simulator: optional(Schema.Struct({
    enabled: optional(Schema.Boolean),
    seed: optional(Schema.Int)
  })),
  providers: optional(Schema.Record(Id, ProviderOptions)),
  models: optional(Schema.Record(Id, ModelOptions))
})

/** A configuration file that was understood. */
export type ConfigFile = typeof ConfigFile.Type
/** What a file says of one provider. */
export type ProviderOptions = typeof ProviderOptions.Type
/** What a file says of how a server differs from the rest. */
export type QuirkOptions = typeof QuirkOptions.Type
/** What a file says of one model. */
export type ModelOptions = typeof ModelOptions.Type
