/**
 * The routes that explain how requests are routed, declared.
 *
 * @module
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { DecisionBody, ExplanationBody } from "./DecisionBody.ts"
import {
  badRequest,
  error,
  forbidden,
  notFound,
  route,
  tooLarge,
  tooSlow,
  unauthorized,
  wrongType
} from "./declare.ts"
import { GenerateRequest } from "./GenerateRequest.ts"

/** Why requests went where they went, and where one would go. */
export class Decisions extends HttpApiGroup.make("decisions").add(
  HttpApiEndpoint.get("decision", "/requests/:request_id", {
    params: { request_id: Schema.String },
    success: DecisionBody,
    error: [unauthorized, forbidden, error(404, "INVALID_REQUEST")]
  }).annotateMerge(route(
    "inference",
    "Why a request went as it did",
    "Candidates in order, why each was passed over, and every call to a provider. The latest 2,000 " +
      "requests are kept. A caller sees its own; one with the scope `config:read` sees all."
  )),
  HttpApiEndpoint.post("explain", "/route/explain", {
    payload: GenerateRequest,
    success: ExplanationBody,
    error: [badRequest, unauthorized, forbidden, notFound, tooSlow, tooLarge, wrongType]
  }).annotateMerge(route(
    "inference",
    "Where a request would go",
    "The same for a request that is not sent: nothing is asked, and nothing taken from any limit."
  ))
) {}
