/**
 * The routes that explain how requests are routed.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { GatewayError, invalidRequest } from "../../domain/GatewayError.ts"
import type { Principal } from "../../domain/Principal.ts"
import { nothingTold } from "../../gateway/Ask.ts"
import type { Decision } from "../../gateway/Decision.ts"
import { Decisions as Kept } from "../../gateway/Decisions.ts"
import { Gateway } from "../../gateway/Gateway.ts"
import { Caller } from "../Caller.ts"
import { dropUnsupported } from "../dropUnsupported.ts"
import { RequestId } from "../RequestId.ts"
import { answered } from "./answered.ts"
import { RoutedApi } from "./Api.ts"
import { toDecision, toExplanation } from "./DecisionBody.ts"
import { toDomain } from "./toDomain.ts"

/** The handlers. */
export const Decisions = HttpApiBuilder.group(
  RoutedApi,
  "decisions",
  Effect.fnUntraced(function* (handlers) {
    const kept = yield* Kept
    const gateway = yield* Gateway

    return handlers
      .handle("decision", ({ params: { request_id } }) =>
        answered(Effect.gen(function* () {
          const caller = yield* Caller
          // Ids are the clients' own: another's request may have the same, and hides nothing.
          const decision = kept.find(request_id, (one) => maySee(caller, one))
          if (decision) return toDecision(decision)
          return yield* unknownRequest
        })))
      .handle("explain", ({ payload, request: { headers } }) =>
        answered(Effect.gen(function* () {
          const drops = dropUnsupported(new Headers(headers), false)
          if (drops instanceof GatewayError) return yield* drops
          const { id: caller } = yield* Caller
          const explanation = yield* gateway.explain({
            id: yield* RequestId,
            caller,
            request: toDomain(payload, drops),
            timeoutMs: undefined,
            told: nothingTold()
          })
          return toExplanation(explanation)
        })))
  })
)

const maySee = ({ id, scopes }: Principal, { caller }: Decision): boolean =>
  id === caller || scopes.has("config:read")

const unknownRequest = invalidRequest(
  "There is no such request of yours among the latest ones",
  { status: 404, kind: "unknown_request" }
)
