/**
 * How a request for an answer is served, whichever surface it comes by: on one fiber, from its body
 * to the last byte of its answer.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { GatewayError } from "../domain/GatewayError.ts"
import type { Ask } from "../gateway/Ask.ts"
import { incoming } from "./incoming.ts"
import { inPlace, type PathOf } from "./places.ts"
import { json } from "./respond.ts"
import type { Reading, Surface } from "./Surface.ts"
import type { Handle } from "./ThinRoute.ts"
import { timeoutOf } from "./timeout.ts"

/** Answers what `read` understands, as clients of `surface` are answered. */
export const answering = (surface: Surface, read: Reading): Handle =>
  Effect.fnUntraced(function* (tools, call) {
    const { caller, request: { headers }, requestId, stream, told } = call
    const { gateway } = tools
    const { incoming: arrived, trace } = yield* incoming(tools, call)
    const { pathOf = same, reply, request: asked } = yield* read(arrived)
    const patience = timeoutOf(headers, reply._tag === "Streamed")
    if (patience instanceof GatewayError) return yield* patience
    const ask: Ask = {
      id: requestId,
      caller: caller.id,
      request: asked,
      ...patience,
      trace,
      told
    }
    if (reply._tag === "Streamed") {
      yield* Effect.mapError(
        gateway.stream(ask, stream(reply.events).client),
        inPlace(pathOf)
      )
      return undefined
    }
    const generated = yield* Effect.mapError(gateway.generate(ask), inPlace(pathOf))
    return json(reply.body(generated), requestId, 200, {
      ...surface.headers(told, requestId),
      ...reply.headers?.(generated)
    })
  })

const same: PathOf = (path) => path
