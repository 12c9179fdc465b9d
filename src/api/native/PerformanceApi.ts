/**
 * The route that tells how requests went, declared.
 *
 * @module
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { badRequest, forbidden, notFound, route, unauthorized } from "./declare.ts"

const Ms = Schema.NullOr(Schema.Finite)

/** Times in milliseconds; each is `null` where nothing was timed. */
export const TimesBody = Schema.Struct({
  average_ms: Ms,
  p50_ms: Ms,
  p95_ms: Ms,
  p99_ms: Ms
}).annotate({ identifier: "Times" })

/** How the requests of one model or provider went, or all of them. */
const summary = {
  /** Of whole answers, from when a request came until it was over. */
  response_times: TimesBody,
  /** Answered in all that were answered or failed, from 0 to 1; `null` where there were none. */
  success_rate: Schema.NullOr(Schema.Finite),
  /** Failed in the same; where the client left it is neither. */
  error_rate: Schema.NullOr(Schema.Finite),
  throughput: Schema.Struct({
    requests_per_minute: Schema.Finite,
    /** Read and written. */
    tokens_per_minute: Schema.Finite
  }),
  /** Requests that are over. */
  samples: Schema.Natural,
  /** Of streams: from when a request came to its first content. */
  time_to_first_token: TimesBody,
  /** Of whole streams: for each token after the first. */
  time_per_output_token: TimesBody,
  /** Waiting for a place at a provider. */
  queue_wait: TimesBody,
  /** What the gateway itself took. */
  overhead: TimesBody
}

/** How the requests of one model or provider went. */
export const SummaryBody = Schema.Struct(summary).annotate({ identifier: "PerformanceSummary" })

/** What `GET /stats/performance` answers. */
export const PerformanceBody = Schema.Struct({
  ...summary,
  window: Schema.Literals(["1m", "5m", "15m", "1h"]),
  /** By the model that answered, else that was asked last. */
  by_model: Schema.Record(Schema.String, SummaryBody),
  by_provider: Schema.Record(Schema.String, SummaryBody)
}).annotate({ identifier: "Performance" })

/** How requests went. */
export class Performance extends HttpApiGroup.make("performance").add(
  HttpApiEndpoint.get("performance", "/stats/performance", {
    query: {
      window: Schema.optionalKey(Schema.Literals(["1m", "5m", "15m", "1h"])),
      model: Schema.optionalKey(Schema.String)
    },
    success: PerformanceBody,
    error: [badRequest, unauthorized, forbidden, notFound]
  }).annotateMerge(route(
    "usage:read",
    "How requests went",
    "Response times, rates and throughput over the last minutes: `window` is `1m`, `5m`, `15m` (the " +
      "default) or `1h`; with `model` of that model only. Percentiles are within 2 % of exact ones."
  ))
) {}
