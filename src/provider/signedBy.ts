/**
 * Sending requests that are signed first.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Connection } from "./Connection.ts"
import type { Send, UpstreamResponse } from "./Egress.ts"
import { cancel } from "./source.ts"

/**
 * `send` for requests that are signed as `connection` says. One that is refused for what it was signed
 * with is signed and sent once more where there is something new: a token may be taken back before its
 * end.
 */
export const signedBy = ({ sign, renew }: Connection, send: Send): Send => {
  if (sign === undefined) return send
  if (renew === undefined) {
    return (request, signal) =>
      Effect.flatMap(sign(request, send, signal), (signed) => send(signed, signal))
  }
  return Effect.fnUntraced(
    function* (request, signal): Effect.fn.Return<UpstreamResponse, UpstreamFault> {
      const signed = yield* sign(request, send, signal)
      const response = yield* send(signed, signal)
      if (response.status !== unauthorized || !(yield* renew(signed))) return response
      // Nobody reads it; that it may have broken meanwhile is nothing to us.
      cancel(response)
      return yield* send(yield* sign(request, send, signal), signal)
    }
  )
}

const unauthorized = 401
