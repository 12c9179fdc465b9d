/**
 * Which calls need no row of their own.
 *
 * @module
 */
import type { Called, Settled } from "../Entry.ts"

/** The only call of a request, where the request's row says all of it: nearly always. */
export const onlyCallOf = ({ calls, model, provider }: Settled): Called | undefined => {
  const [call] = calls
  return call !== undefined && calls.length === 1 && call.number === 1 &&
      call.resumed === undefined && call.charge !== undefined && call.model === model &&
      call.provider === provider
    ? call
    : undefined
}
