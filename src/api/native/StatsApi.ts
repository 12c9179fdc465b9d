/**
 * The routes that tell what the books hold, declared.
 *
 * @module
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { groupings } from "../../ledger/reading/usage.ts"
import { badRequest, failed, forbidden, route, unauthorized } from "./declare.ts"
import { RowBody } from "./RowBody.ts"
import { UsageBody } from "./UsageBody.ts"

const optional = Schema.optionalKey

/** Whole UTC days, both inclusive, such as `2025-01-31`. */
const dates = { start_date: optional(Schema.String), end_date: optional(Schema.String) }
const errors = [badRequest, unauthorized, forbidden, failed]

/** What was used, and what it cost. */
export class Stats extends HttpApiGroup.make("stats").add(
  HttpApiEndpoint.get("usage", "/stats/usage", {
    query: {
      ...dates,
      model: optional(Schema.String),
      group_by: optional(Schema.Literals(groupings)),
      format: optional(Schema.Literals(["json", "csv"]))
    },
    success: [
      UsageBody,
      Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/csv" }))
    ],
    error: errors
  }).annotateMerge(route(
    "usage:read",
    "What was used, and what it cost",
    "Exact, from the ledger: of all requests that came on these days, both inclusive, in UTC. " +
      "Default: the current month up to today. `Accept: text/csv`, or `format=csv`, has it as a " +
      "table with a row for each group (default: for each model)."
  )),
  HttpApiEndpoint.get("rows", "/stats/rows", {
    query: {
      ...dates,
      model: optional(Schema.String),
      limit: optional(Schema.String),
      after: optional(Schema.String)
    },
    success: HttpApiSchema.StreamNdjson({ schema: RowBody }),
    error: errors
  }).annotateMerge(route(
    "usage:read",
    "Every request, with its calls to providers",
    "A line of JSON for each that is over and came on these days, in the order in which they " +
      "ended. `after` goes on behind the line with that `seq`, and misses none; `limit` is the most lines."
  ))
) {}
