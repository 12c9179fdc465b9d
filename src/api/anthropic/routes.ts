/**
 * The routes of Anthropic's API.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { GatewayError } from "../../domain/GatewayError.ts"
import { answering } from "../answering.ts"
import { readBody } from "../readBody.ts"
import { json } from "../respond.ts"
import type { Reading } from "../Surface.ts"
import type { Handle, ThinRoute } from "../ThinRoute.ts"
import { timeoutOf } from "../timeout.ts"
import { eventsOf } from "./events.ts"
import { toMessage } from "./message.ts"
import { placeOf, toRequest } from "./request.ts"
import { anthropic } from "./surface.ts"

const reading: Reading = ({ body, headers, requestId }) => {
  const request = toRequest(body, headers, "answer")
  if (request instanceof GatewayError) return Effect.fail(request)
  return Effect.succeed({
    request,
    pathOf: placeOf(body),
    reply: request.original?.body.stream === true
      ? { _tag: "Streamed", events: eventsOf(requestId) }
      : { _tag: "Whole", body: (generated) => toMessage(requestId, generated) }
  })
}

const countTokens: Handle = Effect.fnUntraced(function* (
  { bodyLimits, gateway },
  { caller, request: { headers }, request: incoming, requestId, told }
) {
  const body = yield* readBody(incoming, bodyLimits)
  const request = toRequest(body, headers, "count")
  if (request instanceof GatewayError) return yield* request
  const patience = timeoutOf(headers, false)
  if (patience instanceof GatewayError) return yield* patience
  const { tokens } = yield* gateway.count({
    id: requestId,
    caller: caller.id,
    request,
    ...patience,
    told
  })
  const answer = { input_tokens: tokens }
  return json(answer, requestId, 200, anthropic.headers(told, requestId))
})

/** What clients of Anthropic's API can call. */
export const anthropicRoutes: ReadonlyArray<ThinRoute> = [
  {
    method: "POST",
    path: "/v1/messages",
    needs: "inference",
    takesBody: true,
    surface: anthropic,
    handle: answering(anthropic, reading),
    summary: "Answer, in one piece or as it is written"
  },
  {
    method: "POST",
    path: "/v1/messages/count_tokens",
    needs: "inference",
    takesBody: true,
    surface: anthropic,
    handle: countTokens,
    summary: "Count the tokens of a prompt"
  }
]
