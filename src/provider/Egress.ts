/**
 * The one way out to providers.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { UpstreamFault } from "../domain/UpstreamFault.ts"
import * as HttpClient from "../http/HttpClient.ts"
import type { HttpResponse } from "../http/HttpResponse.ts"
import type { HttpRequest } from "../http/requestBytes.ts"
import { faultOf, networkFault } from "./networkFault.ts"

/** A request to a provider. Its headers hold the credential: it is never logged. */
export type UpstreamRequest = HttpRequest
/** Its response. */
export type UpstreamResponse = HttpResponse

/**
 * Sends a request and gives the head of the response as soon as it is there, whatever its status.
 * `signal` hangs up, also while the body is read.
 */
export type Send = (
  request: UpstreamRequest,
  signal: AbortSignal
) => Effect.Effect<UpstreamResponse, UpstreamFault>

/** What the way out has to be told. */
export interface EgressSettings {
  /** How long a connection may take to be made, in milliseconds. */
  readonly connectMs: number
  /** Whether the environment names a proxy: Deno knows how to speak with those. */
  readonly isProxied: boolean
}

/** The one way out to providers: nothing else in the gateway speaks with them over the network. */
export class Egress extends Context.Service<Egress, {
  readonly send: Send
  /** How many connections are kept that nobody uses; absent where the runtime keeps them. */
  readonly idle?: (() => number) | undefined
}>()("penstock/provider/Egress") {
  /**
   * Over the network. A redirect is never followed, for it would carry the key and the prompt to
   * another place.
   */
  static readonly layer = ({ connectMs, isProxied }: EgressSettings) =>
    isProxied ? Layer.succeed(Egress, { send: byFetch }) : Layer.effect(
      Egress,
      Effect.map(HttpClient.make({ connectMs }), (client) => ({
        send: (request, signal) => Effect.mapError(client.send(request, signal), faultOf),
        idle: client.idle
      }))
    )
}

/** By the runtime's own client, which heeds `HTTP_PROXY` and its like. */
const byFetch: Send = ({ method, url, headers, body }, signal) =>
  Effect.callback((resume) => {
    fetch(url, { method, headers, body: body ?? null, redirect: "manual", signal }).then(
      (response) => resume(Effect.succeed(response)),
      (cause) => resume(Effect.fail(networkFault(cause)))
    )
  })
