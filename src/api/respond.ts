/**
 * Responses of the native API.
 *
 * @module
 */
import type { GatewayError } from "../domain/GatewayError.ts"
import { toEnvelope } from "./ErrorEnvelope.ts"

/** JSON, and the request's id. */
export const json = (
  body: unknown,
  requestId: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {}
): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", "x-request-id": requestId, ...headers }
  })

/** An error in its envelope. */
export const failure = (
  error: GatewayError,
  requestId: string,
  headers: Readonly<Record<string, string>> = {}
): Response => {
  const { status, error: body, retryAfterMs } = toEnvelope(error, requestId)
  return json({ error: body }, requestId, status, {
    ...(retryAfterMs === undefined ? {} : {
      "retry-after": String(Math.ceil(retryAfterMs / 1000)),
      "retry-after-ms": String(retryAfterMs)
    }),
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    // What is left of a body that was too large is not read.
    ...(status === 413 ? { connection: "close" } : {}),
    ...headers
  })
}
