/**
 * How a provider is reached that wants more than an address and a key.
 *
 * @module
 */
import type * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Send, UpstreamRequest } from "./Egress.ts"

/** Something that an operator says of a provider beside its address and key, such as a region. */
export interface ProviderOption {
  /** The environment variables that say it, by the names that the provider's own tools use. */
  readonly variables: ReadonlyArray<string>
  /** Where nobody says it. Default: nothing. */
  readonly default?: string | undefined
  /** Whether it is a credential: then it is hidden wherever it could show. Default: false. */
  readonly secret?: boolean | undefined
  /** What it is, for the documentation. */
  readonly what: string
}

/** What an operator said of a provider. */
export interface Said {
  /** As given, without a slash at the end; absent where nobody said. */
  readonly baseUrl: string | undefined
  readonly apiKey: Redacted.Redacted | undefined
  /** By the names of its options; absent where nobody said, and there is no default. */
  readonly options: Readonly<Record<string, Redacted.Redacted | undefined>>
}

/** How a provider is reached. */
export interface Connection {
  /** Where the dialect's paths begin; without a slash at the end. */
  readonly baseUrl: string
  /** Headers of every request. */
  readonly headers: Readonly<Record<string, string>>
  /** Where a path of the dialect is at this place, for a model. Default: where the dialect says. */
  readonly reroute?: ((path: string, model: string) => string) | undefined
  /** Adds what shows who asks, where that is more than a header. Default: nothing. */
  readonly sign?: Sign | undefined
  /**
   * Takes note that a signed request was refused for what it was signed with, and says whether there
   * is another to sign with: then it is sent once more. Default: there is none.
   */
  readonly renew?: ((request: UpstreamRequest) => Effect.Effect<boolean>) | undefined
  /** What must not show anywhere beside the settings' own secrets. Default: nothing. */
  readonly secrets?: (() => ReadonlyArray<Redacted.Redacted>) | undefined
}

/**
 * Signs a request, or adds a token to it, which is fetched by `send` where there is none that is
 * still good. It fails as the provider would.
 */
export type Sign = (
  request: UpstreamRequest,
  send: Send,
  signal: AbortSignal
) => Effect.Effect<UpstreamRequest, UpstreamFault>

/** Whether a credential can be the text of a header: of what cannot, each request would fail. */
export const isVisible = (credential: Redacted.Redacted): boolean =>
  /^[\x21-\x7e]+$/.test(Redacted.value(credential))
