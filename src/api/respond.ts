/**
 * Responses: what they have in common on every surface, and errors as the native API tells them.
 *
 * @module
 */
import type { GatewayError } from "../domain/GatewayError.ts"
import type { Told } from "../gateway/Ask.ts"
import type { Room } from "../guard/limits/Limiter.ts"
import { isWorthRepeating, toEnvelope } from "./ErrorEnvelope.ts"

/** JSON, and the request's id. */
export const json = (
  body: unknown,
  requestId: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {}
): Response => {
  const response = new Response(JSON.stringify(body), { status, headers: isJson })
  // 2 µs of 25 are saved by making it with this one header, and setting the others afterwards.
  response.headers.set("x-request-id", requestId)
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  return response
}

const isJson = { "content-type": "application/json" }

/** What is told of a request beside its answer, in words that are ours alone. */
export const ownHeaders = ({ attempts, dropped }: Told): Readonly<Record<string, string>> => ({
  "x-penstock-attempts": String(attempts),
  ...(dropped.length > 0 ? { "x-penstock-dropped": listed(dropped) } : {})
})

/** Of so many parts that were left out each is told: libraries take no header of any length. */
const mostTold = 50

const listed = (parts: ReadonlyArray<string>): string =>
  parts.slice(0, mostTold).join(", ") +
  (parts.length > mostTold ? `, and ${parts.length - mostTold} more` : "")

/** What is told of a request beside its answer. */
export const toldHeaders = (told: Told): Readonly<Record<string, string>> => {
  const { standing } = told
  return {
    ...ownHeaders(told),
    ...(standing?.requests ? roomHeaders("requests", standing.requests) : {}),
    ...(standing?.tokens ? roomHeaders("tokens", standing.tokens) : {})
  }
}

/** In the words of OpenAI's headers, which clients know. */
const roomHeaders = (of: "requests" | "tokens", { limit, remaining, resetMs }: Room) => ({
  [`x-ratelimit-limit-${of}`]: String(limit),
  [`x-ratelimit-remaining-${of}`]: String(remaining),
  [`x-ratelimit-reset-${of}`]: `${Math.ceil(resetMs) / 1000}s`
})

/** An error in its envelope. */
export const failure = (
  error: GatewayError,
  requestId: string,
  headers: Readonly<Record<string, string>> = {}
): Response => {
  const envelope = toEnvelope(error, requestId)
  return failing(error, { ...envelope, body: { error: envelope.error } }, requestId, headers)
}

/** How a surface tells an error. */
export interface Failure {
  readonly status: number
  readonly body: unknown
  readonly retryAfterMs: number | undefined
}

/** The response that tells `error` as it is told, with the headers that say what to do about it. */
export const failing = (
  error: GatewayError,
  { status, body, retryAfterMs }: Failure,
  requestId: string,
  headers: Readonly<Record<string, string>> = {}
): Response =>
  json(body, requestId, status, {
    ...(retryAfterMs === undefined ? {} : {
      "retry-after": String(Math.ceil(retryAfterMs / 1000)),
      "retry-after-ms": String(retryAfterMs)
    }),
    // Clients that repeat failed requests by themselves heed it: we have done that already.
    ...(isWorthRepeating(error) ? {} : { "x-should-retry": "false" }),
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    // What is left of a body that was too large or too slow is not read.
    ...(status === 408 || status === 413 ? { connection: "close" } : {}),
    ...headers
  })
