/**
 * What the writer says to the database.
 *
 * @module
 */

/** What a request is opened with. */
export const opening = ["id", "at", "day", "caller", "asked", "streamed", "version", "trace_id"]

/** What is known of a call when it is made. */
export const calling = ["number", "deployment", "model", "provider", "started_ms", "resumed"]

/** What was taken of a provider, and what that costs: columns of calls and of requests. */
export const taken = [
  "prompt_tokens",
  "completion_tokens",
  "cached_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
  "source",
  "input_nanos",
  "output_nanos"
]

/** What a call has taken, and by which price. */
export const charge = [...taken, "price"]

const insert = (table: string, columns: ReadonlyArray<string>): string =>
  `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`

/** The number of the latest request, as `last`. */
export const lastRequest = "SELECT max(seq) AS last FROM requests"

/** The number of the latest page, as `last`. */
export const lastPage = "SELECT max(page) AS last FROM open"

/** A call that is about to be made. */
export const insertOpen = insert("open", ["page", ...opening, ...calling, ...charge])
  // Once more where the first time was taken back.
  .replace("INSERT", "INSERT OR REPLACE")

/** What a call that is under way has taken so far, by its page and number. */
export const chargeOpen = `UPDATE open SET ${charge.map((column) => `${column} = ?`).join(", ")}
  WHERE page = ? AND number = ?`

/** All calls of a page that is closed. */
export const deleteOpen = "DELETE FROM open WHERE page = ?"

/** What is known of a request's only call, which has no row of its own. */
export const onlyCall = [
  "deployment",
  "started_ms",
  "call_outcome",
  "status",
  "call_ms",
  "call_queue_ms",
  "call_first_token_ms",
  "showed",
  "price"
]

/** A request that is over. */
export const insertRequest = insert("requests", [
  "seq",
  ...opening,
  "outcome",
  "model",
  "provider",
  "calls",
  ...taken,
  "duration_ms",
  "first_token_ms",
  "queue_ms",
  "upstream_ms",
  ...onlyCall
])

/** A call that is over. */
export const insertAttempt = insert("retried", [
  "seq",
  ...calling,
  "outcome",
  "status",
  "duration_ms",
  "queue_ms",
  "first_token_ms",
  "showed",
  ...charge
])

/** The oldest pages that are open, a given number at most: each with its calls in order. */
export const openPages = `SELECT * FROM open
  WHERE page IN (SELECT DISTINCT page FROM open ORDER BY page LIMIT ?) ORDER BY page, number`
