/**
 * A request that a thin route was asked, before it is understood.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { GatewayError } from "../domain/GatewayError.ts"
import type { TraceContext } from "../telemetry/traces/TraceContext.ts"
import { readBody } from "./readBody.ts"
import type { Incoming } from "./Surface.ts"
import type { Call, ThinTools } from "./ThinRoute.ts"

/** What a client sent, and the trace that it is part of. */
export interface Arrived {
  readonly incoming: Incoming
  readonly trace: TraceContext | undefined
}

/** Begins to serve `call`: its trace and its time are told from now on. */
export const incoming = Effect.fnUntraced(function* (
  { bodyLimits, traces }: Pick<ThinTools, "bodyLimits" | "traces">,
  { params, query, request, requestId, told }: Call
): Effect.fn.Return<Arrived, GatewayError> {
  const { headers } = request
  const trace = traces.begin(headers.get("traceparent"), headers.get("tracestate"))
  told.traceId = trace?.traceId
  const body = yield* readBody(request, bodyLimits)
  const clock = yield* Clock.clockWith(Effect.succeed)
  const now = clock.currentTimeMillisUnsafe()
  told.elapsedMs = () => clock.currentTimeMillisUnsafe() - now
  return { incoming: { body, headers, params, query, requestId, now }, trace }
})
