/**
 * `countTokens`: how many tokens a prompt has.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { GatewayError } from "../../domain/GatewayError.ts"
import { incoming } from "../incoming.ts"
import { json } from "../respond.ts"
import type { Handle } from "../ThinRoute.ts"
import { timeoutOf } from "../timeout.ts"
import { camelObject } from "./camel.ts"
import { readRequest } from "./read.ts"
import { gemini } from "./surface.ts"

/** Counts a prompt, which stands in the body itself or in a whole request within it. */
export const countTokens: Handle = Effect.fnUntraced(function* (tools, call) {
  const { caller, params: { model = "" }, request: { headers }, requestId, told } = call
  const { incoming: { body }, trace } = yield* incoming(tools, call)
  const whole = camelObject(body)?.generateContentRequest
  const request = readRequest(whole ?? body, model, headers)
  if (request instanceof GatewayError) return yield* request
  const patience = timeoutOf(headers, false)
  if (patience instanceof GatewayError) return yield* patience
  const ask = { id: requestId, caller: caller.id, request, ...patience, trace, told }
  const { tokens } = yield* tools.gateway.count(ask)
  return json({ totalTokens: tokens }, requestId, 200, gemini.headers(told, requestId))
})
