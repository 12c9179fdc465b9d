/**
 * Paths that Google's API has in common with another.
 *
 * @module
 */
import type { Handle } from "../ThinRoute.ts"

/**
 * Whether one of Google's clients asks: its libraries send both headers, others the first alone, or
 * their key in the address.
 */
export const isGoogles = ({ headers, url }: Request): boolean =>
  headers.has("x-goog-api-key") || headers.has("x-goog-api-client") || /[?&]key=/.test(url)

/** Serves Google's clients by `googles`, and all others by `others`. */
export const orGoogles = (others: Handle, googles: Handle): Handle => (tools, call) =>
  isGoogles(call.request) ? googles(tools, call) : others(tools, call)
