/**
 * From what the file and runtime changes say to the traffic configuration that holds.
 *
 * @module
 */
import type { ConfigFile } from "./ConfigFile.ts"
import { modelSettings } from "./ModelSettings.ts"
import type { LimitOptions, LoadBalancingOptions, PolicyOptions } from "./PolicyOptions.ts"
import {
  defaultLoadBalancing,
  defaultPolicy,
  type KeyLimits,
  type Limits,
  type LoadBalancing,
  type ModelPolicy,
  type Traffic
} from "./Traffic.ts"
import { writtenIn } from "./written.ts"

/** What was changed while the gateway ran. */
export interface Changes {
  readonly models: ReadonlyMap<string, PolicyOptions>
  readonly loadBalancing: LoadBalancingOptions
}

/** Nothing was changed. */
export const noChanges: Changes = { models: new Map(), loadBalancing: {} }

/** What holds: runtime changes over the file over the defaults. */
export const resolve = (version: number, file: ConfigFile, changes: Changes): Traffic => {
  const said = new Map<string, PolicyOptions>(Object.entries(file.models ?? {}))
  return {
    version,
    policies: new Map(
      Array.from(
        new Set([...said.keys(), ...changes.models.keys()]),
        (id) => [id, policyOf(said.get(id) ?? {}, changes.models.get(id) ?? {})]
      )
    ),
    loadBalancing: loadBalancingOf({ ...file.load_balancing, ...changes.loadBalancing }),
    keyLimits: keyLimitsOf(file),
    models: new Map(
      Object.entries(file.models ?? {}).map(([id, options]) => {
        const enabled = changes.models.get(id)?.enabled ?? options.enabled
        return [id, { ...modelSettings(options), enabled }]
      })
    ),
    written: writtenIn(file)
  }
}

/** One model's policy: each of `layers` over those before it. */
const policyOf = (...layers: ReadonlyArray<PolicyOptions>): ModelPolicy => {
  const options: PolicyOptions = Object.assign({}, ...layers)
  const parameters: NonNullable<PolicyOptions["parameters"]> = Object.assign(
    {},
    ...layers.map(({ parameters }) => parameters)
  )
  const fallbackModels = options.fallback_models ?? defaultPolicy.fallbackModels
  return {
    enabled: options.enabled ?? defaultPolicy.enabled,
    priority: options.priority ?? defaultPolicy.priority,
    limits: limitsOf(...layers.map(({ rate_limit }) => rate_limit)),
    fallbackModels,
    defaultTemperature: parameters.default_temperature ?? undefined,
    maxTokens: parameters.max_tokens ?? undefined,
    streamRecovery: options.stream_recovery ?? (fallbackModels.length > 0 ? "resume" : "fail"),
    rerouteFiltered: options.reroute_filtered ?? defaultPolicy.rerouteFiltered,
    onDisconnect: options.on_disconnect ?? defaultPolicy.onDisconnect
  }
}

const limitsOf = (...layers: ReadonlyArray<LimitOptions | undefined>): Limits => {
  const options: LimitOptions = Object.assign({}, ...layers)
  return {
    requestsPerMinute: options.requests_per_minute ?? undefined,
    tokensPerMinute: options.tokens_per_minute ?? undefined,
    concurrency: options.concurrency ?? undefined
  }
}

const loadBalancingOf = (options: LoadBalancingOptions): LoadBalancing => ({
  strategy: options.strategy ?? defaultLoadBalancing.strategy,
  healthCheckIntervalMs: options.health_check_interval === undefined
    ? defaultLoadBalancing.healthCheckIntervalMs
    : Math.ceil(options.health_check_interval * 1000),
  failureThreshold: options.failure_threshold ?? defaultLoadBalancing.failureThreshold,
  recoveryThreshold: options.recovery_threshold ?? defaultLoadBalancing.recoveryThreshold,
  weights: options.weights ? new Map(Object.entries(options.weights)) : defaultLoadBalancing.weights
})

const keyLimitsOf = ({ limits }: ConfigFile): KeyLimits => ({
  all: limitsOf(limits?.key),
  byId: new Map(
    Object.entries(limits?.keys ?? {}).map(([id, own]) => [id, limitsOf(limits?.key, own)])
  )
})
