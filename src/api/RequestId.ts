/**
 * What a request is called, in its answer, the logs and the books.
 *
 * @module
 */
import * as Context from "effect/Context"

/** The id of the request at hand. */
export class RequestId extends Context.Service<RequestId, string>()("penstock/api/RequestId") {}

/** Its own name for itself, where that can stand in a header and a log; else a new one. */
export const requestIdOf = (request: Request): string => {
  const own = request.headers.get("x-request-id")
  return own !== null && /^[A-Za-z0-9._-]{1,128}$/.test(own)
    ? own
    : `req_${crypto.randomUUID().replaceAll("-", "")}`
}
