/**
 * `POST /generate` and `POST /generate/stream`: the hot routes, on one fiber each.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { GatewayError } from "../../domain/GatewayError.ts"
import type { Principal } from "../../domain/Principal.ts"
import type { Ask, Told } from "../../gateway/Ask.ts"
import type { Gateway } from "../../gateway/Gateway.ts"
import type { Traces } from "../../telemetry/traces/Traces.ts"
import { type BodyLimits, readBody } from "../readBody.ts"
import { json, toldHeaders } from "../respond.ts"
import { timeoutOf } from "../timeout.ts"
import { decode } from "./decode.ts"
import { toResponse } from "./GenerateResponse.ts"
import type { NativeStream } from "./NativeStream.ts"
import { toDomain, wantsStream } from "./toDomain.ts"

/** What a hot route works with. */
export interface Tools {
  readonly gateway: Gateway["Service"]
  readonly traces: Traces["Service"]
  readonly bodyLimits: BodyLimits
}

/** A request to a hot route, whose caller is known. */
export interface Call {
  readonly request: Request
  readonly requestId: string
  readonly caller: Principal
  readonly told: Told
}

/** Answers in one piece, or over `stream` where the route or the request wants that. */
export const generate = Effect.fnUntraced(function* (
  { gateway, traces, bodyLimits }: Tools,
  { request, requestId, caller, told }: Call,
  alwaysStream: boolean,
  stream: () => NativeStream
): Effect.fn.Return<Response | undefined, GatewayError> {
  const { headers } = request
  const trace = traces.begin(headers.get("traceparent"), headers.get("tracestate"))
  told.traceId = trace?.traceId
  const native = yield* decode(yield* readBody(request, bodyLimits))
  const isStreamed = alwaysStream || wantsStream(native)
  const patience = timeoutOf(headers, isStreamed)
  if (patience instanceof GatewayError) return yield* patience
  const ask: Ask = {
    id: requestId,
    caller: caller.id,
    request: toDomain(native),
    ...patience,
    trace,
    told
  }
  if (isStreamed) {
    yield* gateway.stream(ask, stream().client)
    return undefined
  }
  const body = toResponse(requestId, yield* gateway.generate(ask))
  return json(body, requestId, 200, toldHeaders(told))
})
