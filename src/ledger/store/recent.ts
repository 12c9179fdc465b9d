/**
 * Rows that are not in the sums yet: a second's at most, and some hundred. Whoever reads the sums adds
 * them, and so tells of everything that is settled.
 *
 * @module
 */
import { sums } from "./schema.ts"

/** Of a request without a price, what those of its calls cost that have one. */
const known = (side: string): string =>
  `coalesce(${side}, (SELECT sum(c.${side}) FROM retried c WHERE c.seq = r.seq), 0)`

/** What a row `r` of `requests` adds to each of the sums; of one without a price as much as has one. */
export const amounts: Readonly<Record<typeof sums[number], string>> = {
  requests: "1",
  failed: "outcome NOT IN ('ok', 'filtered', 'client_abort')",
  unpriced: "input_nanos IS NULL",
  estimated: "source IN ('estimated', 'mixed')",
  prompt_tokens: "prompt_tokens",
  completion_tokens: "completion_tokens",
  cached_tokens: "cached_tokens",
  cache_write_tokens: "cache_write_tokens",
  reasoning_tokens: "reasoning_tokens",
  input_nanos: known("input_nanos"),
  output_nanos: known("output_nanos")
}

/** The number of the last row that is in the sums. */
export const lastInSums = "(SELECT last FROM rollup)"

/** The rows that are not in the sums yet, each with what it adds to them. */
export const recentRows = `SELECT seq, day, caller, model, coalesce(provider, '') AS provider,
    ${sums.map((sum) => `${amounts[sum]} AS ${sum}`).join(", ")}
  FROM requests r WHERE seq > ${lastInSums}`

/** Between which rows those of a `day` are: `first` and `last`. There may be others' between them. */
export const daySpans = `SELECT day, min(first) AS first, max(last) AS last FROM (
    SELECT day, first, last FROM spans
    UNION ALL SELECT day, seq, seq FROM requests WHERE seq > ${lastInSums}
  ) GROUP BY day`
