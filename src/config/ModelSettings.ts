/**
 * How an operator set up one model.
 *
 * @module
 */
import * as Record from "effect/Record"
import type { Rates, TokenRates } from "../domain/Cost.ts"
import type { Capability } from "../domain/Model.ts"
import type { ModelOptions } from "./ConfigFile.ts"

/** What an operator says of a model; what is absent stays as the catalogue has it. */
export interface ModelSettings {
  /** Default: true. */
  readonly enabled?: boolean | undefined
  /** The provider that serves it; needed for a model that the catalogue does not have. */
  readonly provider?: string | undefined
  /** What the provider calls it. Default: its id. */
  readonly upstreamModel?: string | undefined
  /** Who else serves it; with these, `provider` and `upstreamModel` are not looked at. */
  readonly deployments?: ReadonlyArray<DeploymentSettings> | undefined
  readonly name?: string | undefined
  readonly contextWindow?: number | undefined
  readonly maxOutputTokens?: number | undefined
  readonly capabilities?: ReadonlyArray<Capability> | undefined
  /** What it costs, whatever the price list says. */
  readonly rates?: Rates | undefined
}

/** One provider of several that serve a model. */
export interface DeploymentSettings {
  readonly provider: string
  /** What this provider calls the model. Default: its id. */
  readonly upstreamModel?: string | undefined
  /** Its share of the model's traffic. Default: 1. */
  readonly weight?: number | undefined
  /** For the strategy `priority`: the least goes first. Default: 1. */
  readonly priority?: number | undefined
}

/** What a file says of a model, but for how it is used. */
export const modelSettings = ({ price, deployments, ...options }: ModelOptions): ModelSettings => ({
  enabled: options.enabled,
  provider: options.provider,
  upstreamModel: options.upstream_model,
  deployments: deployments?.map(({ upstream_model, ...rest }) => ({
    ...rest,
    upstreamModel: upstream_model
  })),
  name: options.name,
  contextWindow: options.context_window,
  maxOutputTokens: options.max_output_tokens,
  capabilities: options.capabilities,
  rates: price && {
    ...toRates(price),
    by: "operator",
    serviceTiers: price.service_tiers && Record.map(price.service_tiers, toRates)
  }
})

type PriceOptions = Omit<NonNullable<ModelOptions["price"]>, "service_tiers">

const toRates = (price: PriceOptions): TokenRates => ({
  input: price.input_per_1m_tokens,
  output: price.output_per_1m_tokens,
  cachedInput: price.cached_input_per_1m_tokens,
  cacheWrite: price.cache_write_per_1m_tokens,
  longCacheWrite: price.long_cache_write_per_1m_tokens,
  reasoning: price.reasoning_per_1m_tokens
})
