/**
 * What an operator may turn while the gateway runs, with every default filled in.
 *
 * @module
 */

import type { ModelSettings } from "./ModelSettings.ts"
import type { Written } from "./written.ts"

/** How often something may be used. What is absent is not limited. */
export interface Limits {
  readonly requestsPerMinute?: number | undefined
  /** Prompt and answer together. */
  readonly tokensPerMinute?: number | undefined
  /** Requests under way at once. */
  readonly concurrency?: number | undefined
}

/** How one model is used. */
export interface ModelPolicy {
  /** Default: true. */
  readonly enabled: boolean
  /** For the strategy `priority`: the least goes first. Default: 1. */
  readonly priority: number
  /** Default: none. */
  readonly limits: Limits
  /** The ids of the models that answer where this one cannot, in order. Default: none. */
  readonly fallbackModels: ReadonlyArray<string>
  /** Where a request gives none. Default: the provider's. */
  readonly defaultTemperature: number | undefined
  /** The most tokens of an answer where a request does not say, and the most that it can say. */
  readonly maxTokens: number | undefined
  /** What becomes of a stream that breaks after content. Default: `resume` where there are fallbacks. */
  readonly streamRecovery: "resume" | "fail"
  /** Whether another model is asked where this one's content filter refuses. Default: false. */
  readonly rerouteFiltered: boolean
  /**
   * What becomes of a call whose client leaves: `cancel` hangs up on the provider, `drain` reads on,
   * for the provider's own count of tokens. Default: `cancel`.
   */
  readonly onDisconnect: "cancel" | "drain"
}

/** How traffic is spread. */
export interface LoadBalancing {
  /** Default: `round_robin`. */
  readonly strategy: Strategy
  /** Default: 30 s. */
  readonly healthCheckIntervalMs: number
  /** So many failures in a row open a circuit. Default: 3. */
  readonly failureThreshold: number
  /** So many successful probes in a row close it. Default: 2. */
  readonly recoveryThreshold: number
  /** The models that `"model": "auto"` chooses among, each with its share. Default: none. */
  readonly weights: ReadonlyMap<string, number>
}

/** Every strategy. */
export const strategies = [
  "round_robin",
  "random",
  "least_latency",
  "least_busy",
  "lowest_cost",
  "priority"
] as const

/** How one of several is chosen. */
export type Strategy = typeof strategies[number]

/** The defaults of a model that nobody set up. */
export const defaultPolicy: ModelPolicy = {
  enabled: true,
  priority: 1,
  limits: {},
  fallbackModels: [],
  defaultTemperature: undefined,
  maxTokens: undefined,
  streamRecovery: "fail",
  rerouteFiltered: false,
  onDisconnect: "cancel"
}

/** The defaults. */
export const defaultLoadBalancing: LoadBalancing = {
  strategy: "round_robin",
  healthCheckIntervalMs: 30_000,
  failureThreshold: 3,
  recoveryThreshold: 2,
  weights: new Map()
}

/** What every caller's key may use, and some keys by their own right. */
export interface KeyLimits {
  /** For each key on its own. Default: none. */
  readonly all: Limits
  /** By the key's id; what is here holds in place of `all`, and is complete. */
  readonly byId: ReadonlyMap<string, Limits>
}

/** All of it, at one moment. A request keeps the one that it started with. */
export interface Traffic {
  /** Grows by one with every change. */
  readonly version: number
  /** Only of models that somebody set up. */
  readonly policies: ReadonlyMap<string, ModelPolicy>
  readonly loadBalancing: LoadBalancing
  readonly keyLimits: KeyLimits
  /** What the file says models are; who serves them, and for how much. */
  readonly models: ReadonlyMap<string, ModelSettings>
  /** How the file writes what was filled into it. Default: nothing was. */
  readonly written?: Written | undefined
}

/** What holds where nobody set up anything. */
export const defaultTraffic: Traffic = {
  version: 0,
  policies: new Map(),
  loadBalancing: defaultLoadBalancing,
  keyLimits: { all: {}, byId: new Map() },
  models: new Map()
}
