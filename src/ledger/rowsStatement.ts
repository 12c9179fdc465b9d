/**
 * How a row of the books is written as JSON, which the database does by itself.
 *
 * @module
 */

const plain = (table: string, names: ReadonlyArray<string>): string =>
  names.map((name) => `'${name}', ${table}.${name}`).join(", ")

const flag = (table: string, name: string): string =>
  `'${name}', json(iif(${table}.${name}, 'true', 'false'))`

const taken = [
  "prompt_tokens",
  "completion_tokens",
  "cached_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
  "source",
  "input_nanos",
  "output_nanos"
]

const attempt = `json_object(
  ${plain("a", ["number", "deployment", "model", "provider", "started_ms", "resumed", "outcome"])},
  ${plain("a", ["status", "duration_ms", "queue_ms", "first_token_ms"])},
  ${flag("a", "showed")},
  ${plain("a", taken)},
  'rates', json(p.rates)
)`

const request = `json_object(
  'cursor', date(r.day * 86400, 'unixepoch') || '.' || r.seq,
  'id', r.id,
  'at', strftime('%Y-%m-%dT%H:%M:%S', r.at / 1000, 'unixepoch') || printf('.%03dZ', r.at % 1000),
  ${plain("r", ["caller", "asked"])},
  ${flag("r", "streamed")},
  ${plain("r", ["version", "trace_id", "outcome", "model", "provider", "calls", ...taken])},
  ${plain("r", ["duration_ms", "first_token_ms", "queue_ms", "upstream_ms"])},
  'attempts', (
    SELECT json_group_array(${attempt} ORDER BY a.number)
    FROM attempts a LEFT JOIN prices p ON p.price = a.price WHERE a.seq = r.seq
  )
)`

/**
 * A page of a day: `seq` and `line` of each row, the line NULL where it is of another model. Takes
 * the model or NULL, the day, the row to begin after, and how many rows to look at: looking for a
 * rare model must not take longer than a page.
 */
export const rowsStatement = `
  SELECT r.seq, iif(?1 IS NULL OR r.model = ?1, ${request}, NULL) AS line
  FROM requests r WHERE r.day = ?2 AND r.seq > ?3 ORDER BY r.seq LIMIT ?4`
