/**
 * What `/stats/usage` answers, as JSON and as a table.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import { dateOf } from "../../ledger/calendar.ts"
import { sums } from "../../ledger/store/schema.ts"
import {
  costOf,
  dollarsText,
  noTotals,
  plus,
  tokensOf,
  type Totals
} from "../../ledger/reading/Totals.ts"
import type { Grouping, Period, Usage } from "../../ledger/reading/usage.ts"

/** US dollars; `null` where no price is known of anything that was used. */
const Dollars = Schema.NullOr(Schema.Finite)

const details = {
  /** Requests that nobody answered, or not to the end; none whose client left. */
  failed: Schema.Finite,
  /** Requests whose price is not known, or only in part: the rest of it is not in any cost. */
  unpriced: Schema.Finite,
  /** Requests whose tokens the gateway counted, all or some, since the provider did not. */
  estimated: Schema.Finite,
  prompt_tokens: Schema.Finite,
  completion_tokens: Schema.Finite,
  cached_tokens: Schema.Finite,
  cache_write_tokens: Schema.Finite,
  reasoning_tokens: Schema.Finite
}

const used = { requests: Schema.Finite, tokens: Schema.Finite, cost: Dollars }

const GroupBody = Schema.Struct({
  day: Schema.optionalKey(Schema.String),
  /** The id of the key or token. */
  key: Schema.optionalKey(Schema.String),
  /** `null` where none was asked. */
  provider: Schema.optionalKey(Schema.NullOr(Schema.String)),
  model: Schema.optionalKey(Schema.String),
  ...used,
  ...details
})

/** What was used, and what it cost. */
export const UsageBody = Schema.Struct({
  /** Whole UTC days, both inclusive. */
  period: Schema.Struct({ start: Schema.String, end: Schema.String }),
  total_requests: Schema.Finite,
  total_tokens: Schema.Finite,
  total_cost: Dollars,
  ...details,
  by_model: Schema.Record(Schema.String, Schema.Struct(used)),
  /** Where `group_by` is given: one for each that anything was used of. */
  groups: Schema.optionalKey(Schema.Array(GroupBody))
}).annotate({ identifier: "Usage" })

/** Usage in the API's words. */
export const toUsageBody = (
  period: Period,
  { byModel, groups }: Usage,
  groupBy: Grouping | undefined
): typeof UsageBody.Type => {
  const total = byModel.reduce((sum, { totals }) => plus(sum, totals), noTotals)
  const { requests, tokens, cost } = toUsed(total)
  return {
    period: { start: dateOf(period.start), end: dateOf(period.end) },
    total_requests: requests,
    total_tokens: tokens,
    total_cost: cost,
    ...toDetails(total),
    by_model: Object.fromEntries(byModel.map(({ name, totals }) => [name, toUsed(totals)])),
    ...(groupBy === undefined ? {} : {
      groups: groups.map(({ name, totals }) => ({
        ...named(groupBy, name),
        ...toUsed(totals),
        ...toDetails(totals)
      }))
    })
  }
}

const named = (groupBy: Grouping, name: string): Partial<typeof GroupBody.Type> => {
  switch (groupBy) {
    case "day":
      return { day: dateOf(Number(name)) }
    case "key":
      return { key: name }
    case "provider":
      return { provider: name === "" ? null : name }
    case "model":
      return { model: name }
  }
}

const toUsed = (totals: Totals) => {
  const nanos = costOf(totals)
  return {
    requests: Number(totals.requests),
    tokens: Number(tokensOf(totals)),
    // From its digits: the nearest number that there is, which a division of a large one may miss.
    cost: nanos === undefined ? null : Number(dollarsText(nanos))
  }
}

const toDetails = (totals: Totals) => ({
  failed: Number(totals.failed),
  unpriced: Number(totals.unpriced),
  estimated: Number(totals.estimated),
  prompt_tokens: Number(totals.prompt_tokens),
  completion_tokens: Number(totals.completion_tokens),
  cached_tokens: Number(totals.cached_tokens),
  cache_write_tokens: Number(totals.cache_write_tokens),
  reasoning_tokens: Number(totals.reasoning_tokens)
})

const counts = sums.filter((sum) => sum !== "requests" && !sum.endsWith("_nanos"))

/** The groups of a usage as a table, its head first. A cost that is not known is an empty cell. */
export const toUsageTable = (
  { groups }: Usage,
  groupBy: Grouping
): ReadonlyArray<ReadonlyArray<string>> => [
  [groupBy, "requests", "tokens", "cost", ...counts],
  ...groups.map(({ name, totals }) => {
    const nanos = costOf(totals)
    return [
      groupBy === "day" ? dateOf(Number(name)) : name,
      String(totals.requests),
      String(tokensOf(totals)),
      nanos === undefined ? "" : dollarsText(nanos),
      ...counts.map((sum) => String(totals[sum]))
    ]
  })
]
