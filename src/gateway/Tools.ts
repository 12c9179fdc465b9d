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
import type { Ledger } from "../ledger/Ledger.ts"
import type { Prices } from "../ledger/prices/Prices.ts"
import type { TokenCounter } from "../ledger/tokens/TokenCounter.ts"
import type { Balancer } from "../routing/Balancer.ts"
import type { RequestLog } from "../telemetry/logs/RequestLog.ts"
import type { Telemetry } from "../telemetry/Telemetry.ts"
import type { Traces } from "../telemetry/traces/Traces.ts"
import type { Checkpoints } from "./Checkpoints.ts"
import type { Decisions } from "./Decisions.ts"

/** What the gateway works with. */
export interface Tools {
  readonly balancer: Balancer["Service"]
  readonly circuits: Circuits["Service"]
  readonly decisions: Decisions["Service"]
  readonly health: ModelHealth["Service"]
  readonly counter: TokenCounter["Service"]
  readonly checkpoints: Checkpoints
  readonly ledger: Ledger["Service"]
  readonly limiter: Limiter["Service"]
  readonly prices: Prices["Service"]
  readonly requestLog: RequestLog["Service"]
  readonly telemetry: Telemetry["Service"]
  readonly traces: Traces["Service"]
  readonly retries: RetryBudget["Service"]
  readonly watchman: Watchman["Service"]
  readonly times: TimeLimits
  /** How often providers are asked for one request, at most. */
  readonly attempts: number
  /** What becomes of requests while the books cannot be written. */
  readonly onLedgerFailure: "refuse" | "serve"
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Unix milliseconds. */
  readonly wallClock: () => number
  /** From 0 to 1. */
  readonly random: () => number
}
