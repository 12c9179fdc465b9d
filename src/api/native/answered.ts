/**
 * Errors of routed handlers.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { GatewayError } from "../../domain/GatewayError.ts"
import { RequestId } from "../RequestId.ts"
import { failure } from "../respond.ts"

/** Tells an error in its envelope: its status alone says which of those declared it is. */
export const answered = <A, R>(effect: Effect.Effect<A, GatewayError, R>) =>
  Effect.catch(effect, (error) =>
    Effect.map(
      RequestId,
      (requestId) => HttpServerResponse.fromWeb(failure(error, requestId))
    ))
