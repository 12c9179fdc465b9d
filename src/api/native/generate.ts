/**
 * `POST /generate` and `POST /generate/stream`: the hot routes, on one fiber each.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { GatewayError } from "../../domain/GatewayError.ts"
import type { Gateway } from "../../gateway/Gateway.ts"
import { readBody } from "../readBody.ts"
import { json } from "../respond.ts"
import { decode } from "./decode.ts"
import { toResponse } from "./GenerateResponse.ts"
import type { NativeStream } from "./NativeStream.ts"
import { toDomain, wantsStream } from "./toDomain.ts"

/** What a hot route works with. */
export interface Tools {
  readonly gateway: Gateway["Service"]
  /** The largest body that is read. */
  readonly bodyBytes: number
}

/** Answers in one piece, or over `stream` where the route or the request wants that. */
export const generate = Effect.fnUntraced(function* (
  { gateway, bodyBytes }: Tools,
  request: Request,
  requestId: string,
  alwaysStream: boolean,
  stream: () => NativeStream
): Effect.fn.Return<Response | undefined, GatewayError> {
  const native = yield* decode(yield* readBody(request, bodyBytes))
  const domain = toDomain(native)
  if (alwaysStream || wantsStream(native)) {
    yield* gateway.stream(domain, stream().client)
    return undefined
  }
  return json(toResponse(requestId, yield* gateway.generate(domain)), requestId)
})
