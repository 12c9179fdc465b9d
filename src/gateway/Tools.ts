/**
 * What the gateway works with.
 *
 * @module
 */
import type { TimeLimits } from "../config/TimeLimits.ts"
import type { Circuits } from "../guard/Circuits.ts"
import type { Limiter } from "../guard/limits/Limiter.ts"
import type { ModelHealth } from "../guard/ModelHealth.ts"
import type { RetryBudget } from "../guard/RetryBudget.ts"
import type { Watchman } from "../guard/Watchman.ts"
import type { Prices } from "../ledger/Prices.ts"
import type { Balancer } from "../routing/Balancer.ts"
import type { Decisions } from "./Decisions.ts"

/** What the gateway works with. */
export interface Tools {
  readonly balancer: Balancer["Service"]
  readonly circuits: Circuits["Service"]
  readonly decisions: Decisions["Service"]
  readonly health: ModelHealth["Service"]
  readonly limiter: Limiter["Service"]
  readonly prices: Prices["Service"]
  readonly retries: RetryBudget["Service"]
  readonly watchman: Watchman["Service"]
  readonly times: TimeLimits
  /** How often providers are asked for one request, at most. */
  readonly attempts: number
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Unix milliseconds. */
  readonly wallClock: () => number
  /** From 0 to 1. */
  readonly random: () => number
}
