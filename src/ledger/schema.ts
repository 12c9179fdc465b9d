/**
 * The tables of the books, step by step: a step that was released is never changed.
 *
 * @module
 */

/** The first tables. Times are Unix milliseconds, durations milliseconds, money nano-dollars. */
const books = [
  // `outcome` is NULL as long as a request is under way.
  `CREATE TABLE requests (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    day INTEGER NOT NULL,
    caller TEXT NOT NULL,
    asked TEXT NOT NULL,
    streamed INTEGER NOT NULL,
    version INTEGER NOT NULL,
    trace_id TEXT,
    outcome TEXT,
    model TEXT,
    provider TEXT,
    calls INTEGER NOT NULL DEFAULT 0,
    prompt_tokens INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0,
    cached_tokens INTEGER NOT NULL DEFAULT 0,
    cache_write_tokens INTEGER NOT NULL DEFAULT 0,
    reasoning_tokens INTEGER NOT NULL DEFAULT 0,
    source TEXT NOT NULL DEFAULT 'unknown',
    input_nanos INTEGER,
    output_nanos INTEGER,
    duration_ms REAL,
    first_token_ms REAL,
    queue_ms REAL,
    upstream_ms REAL
  ) STRICT`,
  `CREATE INDEX requests_id ON requests (id)`,
  `CREATE INDEX requests_day ON requests (day)`,
  `CREATE INDEX requests_open ON requests (seq) WHERE outcome IS NULL`,
  `CREATE TABLE attempts (
    seq INTEGER NOT NULL,
    number INTEGER NOT NULL,
    deployment TEXT NOT NULL,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    started_ms REAL NOT NULL,
    resumed TEXT,
    outcome TEXT,
    status INTEGER,
    duration_ms REAL,
    queue_ms REAL,
    first_token_ms REAL,
    showed INTEGER NOT NULL DEFAULT 0,
    prompt_tokens INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0,
    cached_tokens INTEGER NOT NULL DEFAULT 0,
    cache_write_tokens INTEGER NOT NULL DEFAULT 0,
    reasoning_tokens INTEGER NOT NULL DEFAULT 0,
    source TEXT NOT NULL DEFAULT 'unknown',
    input_nanos INTEGER,
    output_nanos INTEGER,
    price INTEGER,
    PRIMARY KEY (seq, number)
  ) STRICT, WITHOUT ROWID`,
  // Every price that anything was ever reckoned by: `rates` is the JSON of `domain/Cost.ts`'s `Rates`.
  `CREATE TABLE prices (
    price INTEGER PRIMARY KEY,
    rates TEXT NOT NULL UNIQUE
  ) STRICT`,
  // Sums of closed requests, kept equal to the rows in the transaction that closes them. `day` is the
  // number of UTC days since 1970; `provider` is '' where none was asked.
  `CREATE TABLE days (
    day INTEGER NOT NULL,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    caller TEXT NOT NULL,
    requests INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    input_nanos INTEGER NOT NULL,
    output_nanos INTEGER NOT NULL,
    PRIMARY KEY (day, model, provider, caller)
  ) STRICT, WITHOUT ROWID`
]

/** Every step, by its number and name. */
export const steps: Readonly<Record<string, ReadonlyArray<string>>> = {
  "1_books": books
}
