/**
 * The one way out to providers.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { UpstreamFault } from "../domain/UpstreamFault.ts"
import { networkFault } from "./networkFault.ts"

/** A request to a provider. Its headers hold the credential: it is never logged. */
export interface UpstreamRequest {
  readonly method: "GET" | "POST"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

/**
 * Sends a request and gives the head of the response as soon as it is there, whatever its status.
 * `signal` hangs up, also while the body is read.
 */
export type Send = (
  request: UpstreamRequest,
  signal: AbortSignal
) => Effect.Effect<Response, UpstreamFault>

/** The one way out to providers: nothing else in the gateway calls `fetch` for them. */
export class Egress extends Context.Service<Egress, {
  readonly send: Send
}>()("penstock/provider/Egress") {
  /**
   * Over the network. A redirect is never followed, for it would carry the key and the prompt to
   * another place.
   */
  static readonly layer = Layer.succeed(Egress, {
    send: ({ method, url, headers, body }, signal) =>
      Effect.callback<Response, UpstreamFault>((resume) => {
        fetch(url, { method, headers, body: body ?? null, redirect: "manual", signal }).then(
          (response) => resume(Effect.succeed(response)),
          (cause) => resume(Effect.fail(networkFault(cause)))
        )
      })
  })
}
