/**
 * The routes that tell what the books hold.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Stream from "effect/Stream"
import { GatewayError } from "../../domain/GatewayError.ts"
import { dateOf } from "../../ledger/calendar.ts"
import { rowsOf } from "../../ledger/reading/rows.ts"
import { usageOf } from "../../ledger/reading/usage.ts"
import { prefers } from "../accept.ts"
import { toCsv } from "../csv.ts"
import { answered } from "./answered.ts"
import { RoutedApi } from "./Api.ts"
import { notValid, periodOf } from "./period.ts"
import { toUsageBody, toUsageTable } from "./UsageBody.ts"

/** The handlers. */
export const Stats = HttpApiBuilder.group(
  RoutedApi,
  "stats",
  Effect.fnUntraced(function* (handlers) {
    const sql = yield* SqlClient.SqlClient

    return handlers
      .handle(
        "usage",
        ({ query: { group_by, model, format, ...dates }, request }) =>
          answered(Effect.gen(function* () {
            const period = yield* periodOf(dates)
            const query = { period, model: given(model), groupBy: group_by }
            const usage = yield* Effect.catch(usageOf(sql, query), unreadable)
            const isTable = format === undefined
              ? prefers(request.headers["accept"], "text/csv")
              : format === "csv"
            if (!isTable) return toUsageBody(period, usage, group_by)
            const by = group_by ?? "model"
            const name = `usage-${dateOf(period.start)}-${dateOf(period.end)}-by-${by}.csv`
            return HttpServerResponse.text(toCsv(toUsageTable(usage, by)), {
              contentType: "text/csv; charset=utf-8; header=present",
              headers: { "content-disposition": `attachment; filename="${name}"`, vary: "accept" }
            })
          }))
      )
      .handle(
        "rows",
        ({ query: { model, limit, after, ...dates } }) =>
          answered(Effect.gen(function* () {
            const rows = rowsOf(sql, {
              period: yield* periodOf(dates),
              model: given(model),
              limit: yield* numberOf("limit", limit, 1),
              after: yield* numberOf("after", after, 0)
            })
            const pages = Stream.mapArray(rows, (lines) => [lines.join("\n") + "\n"] as const)
            return HttpServerResponse.stream(
              // The client sees that it was cut off: its status is sent already.
              Stream.encodeText(Stream.tapError(pages, told)),
              { contentType: "application/x-ndjson" }
            )
          }))
      )
  })
)

/** `model=` is what is left of an address that somebody did not fill in: all models. */
const given = (model: string | undefined) => model === "" ? undefined : model

const numberOf = (
  name: string,
  text: string | undefined,
  least: number
): Effect.Effect<number | undefined, GatewayError> => {
  if (text === undefined) return Effect.undefined
  const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN
  return number >= least
    ? Effect.succeed(number)
    : Effect.fail(notValid([{ path: [name], message: `Expected a whole number from ${least}` }]))
}

const told = ({ message }: SqlError) => Effect.logError(`The ledger cannot be read: ${message}`)

const unreadable = (error: SqlError) =>
  Effect.andThen(
    told(error),
    Effect.fail(new GatewayError({ reason: { _tag: "Internal" } }))
  )
