/**
 * What is said to a request that is not answered.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { GatewayError, invalidRequest } from "../domain/GatewayError.ts"
import type { Told } from "../gateway/Ask.ts"
import type { Surface } from "./Surface.ts"

/** To whoever is still being answered when the time to stop is over. */
export const shuttingDown = new GatewayError({
  reason: {
    _tag: "ModelUnavailable",
    why: "shutting_down",
    message: "Penstock is shutting down: ask again",
    retryAfterMs: 1000
  }
})

/** To whoever comes when there are as many requests as can be taken; `random` is from 0 to 1. */
export const overloaded = (random: number) =>
  new GatewayError({
    reason: {
      _tag: "ModelUnavailable",
      why: "overloaded",
      message: "Penstock has as many requests as it can take, in all or of one caller: ask again",
      // Spread, so that not all come back at once: over whole seconds, too, which headers tell.
      retryAfterMs: 500 + Math.floor(random * 2500)
    }
  })

/** There is no such route. */
export const noRoute = (path: string) =>
  invalidRequest(
    `There is nothing at ${path.replace(/[^\x21-\x7e]/g, "?").slice(0, 100)}: see /docs`,
    { status: 404, kind: "unknown_route" }
  )

/** The route is there, but not for this method. */
export const wrongMethod = (methods: ReadonlyArray<string>) =>
  invalidRequest(`Only ${methods.join(", ")} can be used here`, {
    status: 405,
    kind: "wrong_method"
  })

/** What a client may be told of a cause: a defect is told as nothing but that. */
export const errorOf = (cause: Cause.Cause<GatewayError>): GatewayError => {
  const error = Cause.squash(cause)
  return error instanceof GatewayError ? error : new GatewayError({ reason: { _tag: "Internal" } })
}

/** An error as its response, as clients of `surface` read it; a defect is logged. */
export const refuse = (
  surface: Surface,
  cause: Cause.Cause<GatewayError>,
  requestId: string,
  told: Told
): Effect.Effect<Response> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
  const response = surface.failure(errorOf(cause), requestId, surface.headers(told, requestId))
  return Cause.hasFails(cause) ? Effect.succeed(response) : Effect.as(
    Effect.annotateLogs(Effect.logError("A request met a defect", cause), {
      requestId,
      ...(told.traceId === undefined ? {} : { traceId: told.traceId })
    }),
    response
  )
}
