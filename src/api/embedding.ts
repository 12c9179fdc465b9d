/**
 * How a request for vectors is served, whichever surface it comes by.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { EmbeddingRequest } from "../domain/Embedding.ts"
import { GatewayError } from "../domain/GatewayError.ts"
import type { Embedded } from "../gateway/embed.ts"
import { incoming } from "./incoming.ts"
import { inPlace, type PathOf } from "./places.ts"
import { json } from "./respond.ts"
import type { Incoming, Surface } from "./Surface.ts"
import type { Handle } from "./ThinRoute.ts"
import { timeoutOf } from "./timeout.ts"

/** The vectors that a client wants, and how it wants to be told. */
export interface WantedVectors {
  readonly request: EmbeddingRequest
  /** The body of the response: it is sent as JSON. */
  readonly body: (embedded: Embedded) => unknown
  /** What is told beside it, in headers. Default: nothing but what the surface tells of any. */
  readonly headers?: ((embedded: Embedded) => Readonly<Record<string, string>>) | undefined
  /** Where a field of `request` stands in the client's own request. */
  readonly pathOf: PathOf
}

/** Understands a request for vectors, or says what is wrong with it. */
export type ReadingVectors = (incoming: Incoming) => WantedVectors | GatewayError

/** Makes the vectors that `read` understands, and tells them as clients of `surface` are told. */
export const embedding = (surface: Surface, read: ReadingVectors): Handle =>
  Effect.fnUntraced(function* (tools, call) {
    const { caller, request: { headers }, requestId, told } = call
    const { incoming: arrived, trace } = yield* incoming(tools, call)
    const wanted = read(arrived)
    if (wanted instanceof GatewayError) return yield* wanted
    const patience = timeoutOf(headers, false)
    if (patience instanceof GatewayError) return yield* patience
    const { body, headers: beside, pathOf, request } = wanted
    const ask = { id: requestId, caller: caller.id, request, ...patience, trace, told }
    const embedded = yield* Effect.mapError(tools.gateway.embed(ask), inPlace(pathOf))
    return json(body(embedded), requestId, 200, {
      ...surface.headers(told, requestId),
      ...beside?.(embedded)
    })
  })
