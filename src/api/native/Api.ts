/**
 * The native API, declared: routes, shapes, scopes. The OpenAPI document is made from this.
 *
 * @module
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { prefix } from "../address.ts"
import { complete } from "../openapi.ts"
import { Config } from "./ConfigApi.ts"
import {
  badGateway,
  badRequest,
  failed,
  forbidden,
  limited,
  notFound,
  route,
  tooLarge,
  tooLate,
  tooSlow,
  unauthorized,
  unavailable,
  wrongType
} from "./declare.ts"
import { Decisions } from "./DecisionsApi.ts"
import { GenerateRequest } from "./GenerateRequest.ts"
import { GenerateEvent, GenerateResponse } from "./GenerateResponse.ts"
import { HealthBody, ModelList, ModelStatusBody } from "./ModelBodies.ts"
import { Performance } from "./PerformanceApi.ts"
import { SchemaFaults } from "./SchemaFaults.ts"
import { Stats } from "./StatsApi.ts"
import { SupervisionBody } from "./SupervisionBody.ts"

const generateErrors = [
  badRequest,
  unauthorized,
  forbidden,
  notFound,
  tooSlow,
  tooLarge,
  wrongType,
  limited,
  failed,
  badGateway,
  unavailable,
  tooLate
]

/** What else a request for an answer may say. */
const asking = {
  /** `drop_unsupported`, where the body does not say. */
  "x-penstock-drop-unsupported": Schema.optionalKey(Schema.Literals(["true", "false"])),
  /** How long the client waits for all of it, in seconds. */
  "x-penstock-timeout": Schema.optionalKey(Schema.String)
}

/** Asking models. These two are served by the thin adapter, from the same schemas. */
export class Generation extends HttpApiGroup.make("generation").add(
  HttpApiEndpoint.post("generate", "/generate", {
    headers: asking,
    payload: GenerateRequest,
    success: GenerateResponse,
    error: generateErrors
  }).annotateMerge(route(
    "inference",
    "Answer in one piece",
    "With `parameters.stream: true` it answers as `/generate/stream` does."
  )),
  HttpApiEndpoint.post("generateStream", "/generate/stream", {
    headers: asking,
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
  extends HttpApi.make("penstock-routed").add(Models).add(Operation).add(Config)
    .add(Decisions).add(Stats).add(Performance).prefix(prefix).middleware(SchemaFaults) {}

/** Everything that the world can call. */
export class Api extends HttpApi.make("penstock").add(Generation).add(Models).add(Operation)
  .add(Config).add(Decisions).add(Stats).add(Performance).prefix(prefix)
  .annotateMerge(about)
  .annotate(OpenApi.Transform, complete) {}
