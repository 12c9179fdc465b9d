/**
 * The native API, declared: routes, shapes, scopes. The OpenAPI document is made from this.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import type { Scope } from "../../domain/Principal.ts"
import { prefix } from "../address.ts"
import { errorBody, type ErrorCode } from "../ErrorBody.ts"
import { secure } from "../openapi.ts"
import { GenerateRequest } from "./GenerateRequest.ts"
import { GenerateEvent, GenerateResponse } from "./GenerateResponse.ts"
import { HealthBody, ModelList, ModelStatusBody } from "./ModelBodies.ts"
import { SupervisionBody } from "./SupervisionBody.ts"

/** The scope that a route needs. A route without one is refused when the gateway starts. */
export class Needs extends Context.Service<Needs, Scope | "nothing">()("penstock/api/Needs") {}

const error = (status: number, code: ErrorCode) =>
  errorBody(code).pipe(HttpApiSchema.status(status))
const badRequest = error(400, "INVALID_REQUEST")
const unauthorized = error(401, "UNAUTHORIZED")
const forbidden = error(403, "UNAUTHORIZED")
const notFound = error(404, "MODEL_NOT_FOUND")
const tooLarge = error(413, "INVALID_REQUEST")
const wrongType = error(415, "INVALID_REQUEST")
const failed = error(500, "INTERNAL_ERROR")
const badGateway = error(502, "MODEL_UNAVAILABLE")
const unavailable = error(503, "MODEL_UNAVAILABLE")
const tooLate = error(504, "MODEL_UNAVAILABLE")

const generateErrors = [
  badRequest,
  unauthorized,
  forbidden,
  notFound,
  tooLarge,
  wrongType,
  failed,
  badGateway,
  unavailable,
  tooLate
]

/** What is said of a route, and the scope that it needs. */
const route = (needs: Scope | "nothing", summary: string, description: string) =>
  Context.merge(
    Context.make(Needs, needs),
    OpenApi.annotations({
      summary,
      description,
      override: needs === "nothing"
        ? { security: [] }
        : { security: [{ apiKey: [] }, { bearer: [] }], "x-penstock-scope": needs }
    })
  )

/** Asking models. These two are served by the thin adapter, from the same schemas. */
export class Generation extends HttpApiGroup.make("generation").add(
  HttpApiEndpoint.post("generate", "/generate", {
    payload: GenerateRequest,
    success: GenerateResponse,
    error: generateErrors
  }).annotateMerge(route(
    "inference",
    "Answer in one piece",
    "With `parameters.stream: true` it answers as `/generate/stream` does."
  )),
  HttpApiEndpoint.post("generateStream", "/generate/stream", {
    payload: GenerateRequest,
    success: HttpApiSchema.StreamSse({ data: GenerateEvent }),
    error: generateErrors
  }).annotateMerge(route(
    "inference",
    "Answer as it is written",
    "Server-sent events, each with one JSON object. `[DONE]` after the last says that the answer " +
      "is whole; an event with `error` and no `[DONE]` says that it broke off."
  ))
) {}

/** What models there are, and how they are. */
export class Models extends HttpApiGroup.make("models").add(
  HttpApiEndpoint.get("models", "/models", {
    success: ModelList,
    error: [unauthorized, forbidden]
  }).annotateMerge(route(
    "inference",
    "List models",
    "Also those that cannot be used now, with the reason why."
  )),
  HttpApiEndpoint.get("modelStatus", "/models/:model_id/status", {
    params: { model_id: Schema.String },
    success: ModelStatusBody,
    error: [unauthorized, forbidden, notFound]
  }).annotateMerge(route(
    "inference",
    "How a model has been doing",
    "Over the last 15 minutes, as real requests showed it."
  ))
) {}

/** How the gateway is. */
export class Operation extends HttpApiGroup.make("operation").add(
  HttpApiEndpoint.get("health", "/health", {
    success: HealthBody,
    error: HealthBody.pipe(HttpApiSchema.status(503))
  }).annotateMerge(route(
    "nothing",
    "How the gateway is",
    "200 while it can serve, 503 when it cannot. Also at `/health`."
  )),
  HttpApiEndpoint.get("supervision", "/supervision", {
    success: SupervisionBody,
    error: [unauthorized, forbidden]
  }).annotateMerge(route(
    "config:read",
    "The actors",
    "Each actor's state, mailbox, calls under way, restarts and last crash."
  ))
) {}

const about = OpenApi.annotations({
  title: "Penstock",
  version: "1.0.0",
  description: "One API in front of many providers of large language models."
})

/** The routes that Effect's router serves. */
export class RoutedApi
  extends HttpApi.make("penstock-routed").add(Models).add(Operation).prefix(prefix) {}

/** Everything that the world can call. */
export class Api extends HttpApi.make("penstock").add(Generation).add(Models).add(Operation)
  .prefix(prefix)
  .annotateMerge(about)
  .annotate(OpenApi.Transform, secure) {}
