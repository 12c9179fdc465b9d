/**
 * The routes that show and change the traffic configuration, declared.
 *
 * @module
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Difference } from "../../config/difference.ts"
import { LoadBalancingOptions, PolicyOptions } from "../../config/PolicyOptions.ts"
import { Revision } from "../../config/Revision.ts"
import { ShownLoadBalancing, ShownPolicy } from "../../config/Shown.ts"
import {
  badRequest,
  error,
  failed,
  forbidden,
  notFound,
  route,
  tooLarge,
  tooSlow,
  unauthorized,
  wrongType
} from "./declare.ts"

/** What a dry run answers. */
const preview = <S extends Schema.Top>(resource: S) =>
  Schema.Struct({
    dry_run: Schema.Literal(true),
    /** What would change; empty where nothing would. */
    changes: Schema.Array(Difference),
    /** What would hold. */
    result: resource
  })

/** What `GET /config/history` answers. */
export const HistoryBody = Schema.Struct({
  /** That holds now. */
  version: Schema.Natural,
  /** What is wrong with it, or with the file as it is now; absent where nothing is. */
  fault: Schema.optionalKey(Schema.String),
  /** Newest first. */
  history: Schema.Array(Revision)
}).annotate({ identifier: "ConfigHistory" })

/** What `POST /config/rollback/{version}` answers. */
export const RollbackBody = Schema.Struct({
  /** That holds now. */
  version: Schema.Natural,
  dry_run: Schema.Boolean,
  changes: Schema.Array(Difference)
}).annotate({ identifier: "ConfigRollback" })

const withTag = <S extends Schema.Top>(schema: S) =>
  HttpApiSchema.WithHeaders(schema, { etag: Schema.optionalKey(Schema.String) })
/** `dry_run=true` tells what would change, and changes nothing. */
const query = { dry_run: Schema.optionalKey(Schema.Literals(["true", "false"])) }
const headers = { "if-match": Schema.optionalKey(Schema.String) }
const params = { model_id: Schema.String }
const readErrors = [unauthorized, forbidden]
const conflict = error(412, "INVALID_REQUEST")
const unknownVersion = error(404, "INVALID_REQUEST")
const putErrors = [badRequest, ...readErrors, tooSlow, conflict, tooLarge, wrongType, failed]
const putting =
  "It takes effect for the next request and survives a restart. What the body leaves " +
  "out is again as the file has it, or the default. With `If-Match` it is refused (412) where " +
  "somebody else changed it since; `dry_run=true` tells what would change."

/** How models are used, and how traffic is spread. */
export class Config extends HttpApiGroup.make("config").add(
  HttpApiEndpoint.get("modelConfig", "/config/models/:model_id", {
    params,
    success: withTag(ShownPolicy),
    error: [...readErrors, notFound]
  }).annotateMerge(route("config:read", "How a model is used", "Every field filled in.")),
  HttpApiEndpoint.put("putModelConfig", "/config/models/:model_id", {
    params,
    query,
    headers,
    payload: PolicyOptions,
    success: withTag(Schema.Union([ShownPolicy, preview(ShownPolicy)])),
    error: [...putErrors, notFound]
  }).annotateMerge(route("config:write", "Change how a model is used", putting)),
  HttpApiEndpoint.get("loadBalancing", "/config/load-balancing", {
    success: withTag(ShownLoadBalancing),
    error: readErrors
  }).annotateMerge(route("config:read", "How traffic is spread", "Every field filled in.")),
  HttpApiEndpoint.put("putLoadBalancing", "/config/load-balancing", {
    query,
    headers,
    payload: LoadBalancingOptions,
    success: withTag(Schema.Union([ShownLoadBalancing, preview(ShownLoadBalancing)])),
    error: putErrors
  }).annotateMerge(route("config:write", "Change how traffic is spread", putting)),
  HttpApiEndpoint.get("configHistory", "/config/history", {
    success: HistoryBody,
    error: readErrors
  }).annotateMerge(route(
    "config:read",
    "What was changed, by whom",
    "The latest 100 changes, newest first."
  )),
  HttpApiEndpoint.post("rollbackConfig", "/config/rollback/:version", {
    params: { version: Schema.String },
    query,
    success: RollbackBody,
    error: [badRequest, ...readErrors, unknownVersion, failed]
  }).annotateMerge(route(
    "config:write",
    "Go back to an earlier configuration",
    "What was changed over the API is again as it was after that version, as a new version. What " +
      "the file says is not touched."
  ))
).annotate(HttpApi.PayloadParseOptions, { errors: "all", onExcessProperty: "error" }) {}
