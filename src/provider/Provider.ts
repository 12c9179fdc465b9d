/**
 * Places that serve models.
 *
 * @module
 */
import * as Redacted from "effect/Redacted"
import type { ModelSpec } from "../domain/Model.ts"
import type { Dialect } from "../protocol/Dialect.ts"
import type { Connection, ProviderOption, Said } from "./Connection.ts"
import type { Send } from "./Egress.ts"

/** A place that serves models: an address, a way to show a key, and the dialect spoken there. */
export interface Provider {
  /** The name in the configuration and in `/models`, such as `"openai"`. */
  readonly id: string
  /** The name for people. */
  readonly name: string
  readonly dialect: Dialect
  /** Where the dialect's paths begin, unless configured otherwise. */
  readonly baseUrl: string
  /** What is added to a base URL that does not end in it. Default: nothing. */
  readonly basePath?: `/${string}` | undefined
  /** The environment variables that configure it, by the names that its own SDK uses. */
  readonly environment: {
    /** The first that is set counts; empty for a place that needs no key. */
    readonly apiKey: ReadonlyArray<string>
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
  /** Ask it once at start which models it serves, and offer those too. Default: false. */
  readonly discovers?: boolean | undefined
  /** Answers within this process instead of over the network. */
  readonly send?: Send | undefined
}

/** Shows a key as a bearer token, as most places want it. */
export const bearer = (apiKey: Redacted.Redacted): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${Redacted.value(apiKey)}`
})
