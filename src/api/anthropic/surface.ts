/**
 * How clients of Anthropic's API are spoken with.
 *
 * @module
 */
import * as DateTime from "effect/DateTime"
import type { Room } from "../../guard/limits/Limiter.ts"
import { failing, ownHeaders } from "../respond.ts"
import type { Surface } from "../Surface.ts"
import { toError } from "./errors.ts"

/** The surface of Anthropic's clients. */
export const anthropic: Surface = {
  name: "anthropic",
  failure: (error, requestId, headers) =>
    failing(error, toError(error, requestId), requestId, { "request-id": requestId, ...headers }),
  headers: (told, requestId) => {
    const { standing, standingAt } = told
    return {
      "request-id": requestId,
      ...ownHeaders(told),
      ...(standing?.requests ? roomHeaders("requests", standing.requests, standingAt) : {}),
      ...(standing?.tokens ? roomHeaders("tokens", standing.tokens, standingAt) : {})
    }
  }
}

const roomHeaders = (
  of: "requests" | "tokens",
  { limit, remaining, resetMs }: Room,
  at: number
) => ({
  [`anthropic-ratelimit-${of}-limit`]: String(limit),
  [`anthropic-ratelimit-${of}-remaining`]: String(remaining),
  [`anthropic-ratelimit-${of}-reset`]: DateTime.formatIso(
    DateTime.makeUnsafe(at + Math.ceil(resetMs))
  )
})
