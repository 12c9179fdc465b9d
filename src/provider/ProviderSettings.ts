/**
 * How an operator set up one provider.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted"
import type { ActorSize } from "../actor/Actor.ts"
import type { Connection } from "./Connection.ts"
import type { HealthCheck, Provider } from "./Provider.ts"

/** A provider with everything that is needed to call it, or the reason why it cannot be called. */
export interface ProviderSettings {
  readonly provider: Provider
  /** Where the dialect's paths begin; without a slash at the end. Of no meaning beside `connection`. */
  readonly baseUrl: string
  readonly apiKey: Redacted.Redacted | undefined
  /** How it is reached where that is not by `baseUrl` and `authorize` alone. */
  readonly connection?: Connection | undefined
  /** Whatever must not show anywhere: its key, and other credentials. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
  readonly size: ActorSize
  /** The cheapest check that shows how it is. */
  readonly healthCheck: HealthCheck
  /** The model asked in a check by completion, by its own name. Default: the first that it lists. */
  readonly probeModel: string | undefined
  readonly readiness: Readiness
  /** Whether the operator set it up, by a key or an address. */
  readonly explicit: boolean
}

/** Whether a provider may be called. */
export type Readiness =
  | { readonly ready: true }
  | {
    readonly ready: false
    readonly reason: "not_configured" | "disabled"
    /** What to do about it, in one sentence: which variable to set. */
    readonly message: string
  }

/** 512 calls at once and as many waiting, for 5 s at most; 64 messages. */
export const defaultSize = {
  mailbox: 64,
  concurrency: 512,
  waiting: 512,
  waitMs: 5000
} satisfies ActorSize
