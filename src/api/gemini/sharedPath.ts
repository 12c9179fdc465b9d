/**
 * Paths that Google's API has in common with another.
 *
 * @module
 */
import type { Handle } from "../ThinRoute.ts"

/** Serves Google's clients by `googles`, and all others by `others`. */
export const orGoogles = (others: Handle, googles: Handle): Handle => (tools, call) => {
  const { headers } = call.request
  // Its libraries always send both; others send the first alone.
  const isGoogles = headers.has("x-goog-api-key") || headers.has("x-goog-api-client")
  return isGoogles ? googles(tools, call) : others(tools, call)
}
