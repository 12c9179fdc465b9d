/**
 * How a row of the books is written as JSON, which the database does by itself.
 *
 * @module
 */
import { daySpans } from "../store/recent.ts"
import { taken } from "../store/statements.ts"

const plain = (table: string, names: ReadonlyArray<string>): string =>
  names.map((name) => `'${name}', ${table}.${name}`).join(", ")

const flag = (table: string, name: string): string =>
  `'${name}', json(iif(${table}.${name}, 'true', 'false'))`

/**
 * A call, of a row of `retried` or of the request's own, which has other names for some of it. Of the view
 * of both, `attempts`, all would be read for each request.
 */
const attempt = (table: string, call: (name: string) => string) =>
  `json_object(
  ${table === "r" ? "'number', 1" : plain(table, ["number"])},
  ${plain(table, ["deployment", "model", "provider", "started_ms"])},
  'resumed', ${table === "r" ? "NULL" : `${table}.resumed`},
  'outcome', ${call("outcome")}, 'status', ${table}.status, 'duration_ms', ${call("ms")},
  'queue_ms', ${call("queue_ms")}, 'first_token_ms', ${call("first_token_ms")},
  ${flag(table, "showed")},
  ${plain(table, taken)},
  'rates', (SELECT json(p.rates) FROM prices p WHERE p.price = ${table}.price)
)`

const own = attempt("r", (name) => `r.call_${name}`)
const retried = attempt("c", (name) => name === "ms" ? "c.duration_ms" : `c.${name}`)

const request = `json_object(
  'seq', r.seq,
  'id', r.id,
  'at', strftime('%Y-%m-%dT%H:%M:%S', r.at / 1000, 'unixepoch') || printf('.%03dZ', r.at % 1000),
  ${plain("r", ["caller", "asked"])},
  ${flag("r", "streamed")},
  ${plain("r", ["version", "trace_id", "outcome", "model", "provider", "calls", ...taken])},
  ${plain("r", ["duration_ms", "first_token_ms", "queue_ms", "upstream_ms"])},
  'attempts', iif(r.deployment IS NULL,
    (SELECT json_group_array(${retried} ORDER BY c.number) FROM retried c WHERE c.seq = r.seq),
    json_array(${own})
  )
)`

/**
 * A page: `seq` and `line` of each row, the line NULL where it is not of these days or this model.
 * Takes the first day, the last, the model or NULL, the row to begin after, the last row, and how
 * many rows to look at: to look for a rare one must not take longer than a page.
 */
export const rowsStatement = `
  SELECT r.seq, iif(
    r.day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR r.model = ?3), ${request}, NULL
  ) AS line
  FROM requests r WHERE r.seq > ?4 AND r.seq <= ?5 ORDER BY r.seq LIMIT ?6`

/** The `first` and the `last` row of days, from the first parameter to the second. */
export const spanStatement =
  `SELECT min(first) AS first, max(last) AS last FROM (${daySpans}) WHERE day BETWEEN ? AND ?`
