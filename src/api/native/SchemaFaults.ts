/**
 * What a routed request is told whose parts are not as declared.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { RequestId } from "../RequestId.ts"
import { failure } from "../respond.ts"
import { notAsDeclared } from "./decode.ts"

/** Tells it in the envelope of all errors. */
export class SchemaFaults
  extends HttpApiMiddleware.Service<SchemaFaults>()("penstock/api/native/SchemaFaults") {
  static readonly layer: Layer.Layer<SchemaFaults> = HttpApiMiddleware.layerSchemaErrorTransform(
    SchemaFaults,
    (error) =>
      // A response that is not as declared is a bug, and not the client's fault.
      error.kind === "Body" || error.kind === "ResponseHeaders" ? Effect.die(error) : Effect.map(
        // Every request has one; a middleware's type cannot say so.
        Effect.serviceOption(RequestId),
        (requestId) =>
          HttpServerResponse.fromWeb(
            failure(notAsDeclared(error.cause), Option.getOrElse(requestId, () => "unknown"))
          )
      )
  )
}
