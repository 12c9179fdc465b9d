/**
 * Places that serve models.
 *
 * @module
 */
import * as Redacted from "effect/Redacted"
import type { ModelSpec } from "../domain/Model.ts"
import type { Terms } from "../domain/Terms.ts"
import type { Dialect } from "../protocol/Dialect.ts"
import type { Connection, ProviderOption, Said } from "./Connection.ts"
import type { Send } from "./Egress.ts"

/** A place that serves models: an address, a way to show a key, and the dialect spoken there. */
export interface Provider extends Terms {
  /** The name in the configuration and in `/models`, such as `"openai"`. */
  readonly id: string
  /** The name for people. */
  readonly name: string
  readonly dialect: Dialect
  /** Where the dialect's paths begin, unless configured otherwise; an example where one is needed. */
  readonly baseUrl: string
  /** Whether only the operator knows where it is. Default: false. */
  readonly needsAddress?: boolean | undefined
  /** What is added to a base URL that does not end in it. Default: nothing. */
  readonly basePath?: `/${string}` | undefined
  /** The environment variables that configure it, by the names that its own SDK uses. */
  readonly environment: {
    /** The first that is set counts; empty for a place that has no key. */
    readonly apiKey: ReadonlyArray<string>
    /** Whether it may be called without a key. Default: false, where it has one. */
    readonly keyOptional?: boolean | undefined
    readonly baseUrl: string | undefined
  }
  /** The headers that show the key, and whatever else the place insists on. */
  readonly authorize: (apiKey: Redacted.Redacted) => Readonly<Record<string, string>>
  /** What else there is to say of it, by name: in the file under `options`, else by variables. */
  readonly options?: Readonly<Record<string, ProviderOption>> | undefined
  /**
   * How it is reached, from what an operator said of it; or what is missing, in one sentence.
   * Default: at `baseUrl`, with the headers of `authorize`.
   */
  readonly connect?: ((said: Said) => Connection | string) | undefined
  /** The models it is known to serve. */
  readonly models: ReadonlyArray<ModelSpec>
  /** Its name in the price list; absent where its models have no known price. */
  readonly pricing?: string | undefined
  /**
   * Ask it which models it serves, and offer those too: at start, with each check by its list, and
   * from time to time. Default: true.
   */
  readonly discovers?: boolean | undefined
  /** The cheapest check that shows how it is. Default: its list of models. */
  readonly healthCheck?: HealthCheck | undefined
  /** Which of the ids that it lists are no models that write or embed. Default: none. */
  readonly ignores?: RegExp | undefined
  /** Answers within this process instead of over the network. */
  readonly send?: Send | undefined
}

/** How to find out whether a provider is well: its list of models, an answer of one token, or not. */
export type HealthCheck = "models" | "completion" | "none"

/** Shows a key as a bearer token, as most places want it. */
export const bearer = (apiKey: Redacted.Redacted): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${Redacted.value(apiKey)}`
})
