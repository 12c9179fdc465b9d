/**
 * Paths that Google's API has in common with another.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { Handle } from "../ThinRoute.ts"
import { gemini } from "./surface.ts"

/** Serves Google's clients by `googles`, with errors in its words, and all others by `others`. */
export const orGoogles = (others: Handle, googles: Handle): Handle => (tools, call) => {
  const { request: { headers }, requestId, told } = call
  // Its libraries always send both; others send the first alone.
  if (!headers.has("x-goog-api-key") && !headers.has("x-goog-api-client")) {
    return others(tools, call)
  }
  return Effect.catchTag(
    googles(tools, call),
    "GatewayError",
    (error) => Effect.succeed(gemini.failure(error, requestId, gemini.headers(told, requestId)))
  )
}
