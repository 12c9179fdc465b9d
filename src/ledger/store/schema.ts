/**
 * The tables of the books, step by step: a step that was released is never changed.
 *
 * @module
 */

/** What is added up of requests, for everything that is told of them in sums. */
export const sums = [
  "requests",
  "failed",
  "unpriced",
  "estimated",
  "prompt_tokens",
  "completion_tokens",
  "cached_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
  "input_nanos",
  "output_nanos"
] as const

const nameOf = (column: string): string => column.split(" ", 1)[0] ?? column

/** A table of sums by `keys`, model and provider, in this order. */
const table = (name: string, ...keys: ReadonlyArray<string>): string => {
  const columns = [...keys, "model TEXT NOT NULL", "provider TEXT NOT NULL"]
  return `CREATE TABLE ${name} (
    ${[...columns, ...sums.map((sum) => `${sum} INTEGER NOT NULL`)].join(",\n    ")},
    PRIMARY KEY (${columns.map(nameOf).join(", ")})
  ) STRICT, WITHOUT ROWID`
}

/** What is known of a request when it comes. */
const opening = [
  "id TEXT NOT NULL",
  "at INTEGER NOT NULL",
  "day INTEGER NOT NULL",
  "caller TEXT NOT NULL",
  "asked TEXT NOT NULL",
  "streamed INTEGER NOT NULL",
  "version INTEGER NOT NULL",
  "trace_id TEXT"
]

/** What is known of a call when it is made. */
const calling = [
  "number INTEGER NOT NULL",
  "deployment TEXT NOT NULL",
  "model TEXT NOT NULL",
  "provider TEXT NOT NULL",
  "started_ms REAL NOT NULL",
  "resumed TEXT"
]

/** What was taken; money is NULL where a price is not known. */
const taken = [
  "prompt_tokens INTEGER NOT NULL",
  "completion_tokens INTEGER NOT NULL",
  "cached_tokens INTEGER NOT NULL",
  "cache_write_tokens INTEGER NOT NULL",
  "reasoning_tokens INTEGER NOT NULL",
  "source TEXT NOT NULL",
  "input_nanos INTEGER",
  "output_nanos INTEGER"
]

/** The first tables. Times are Unix milliseconds, durations milliseconds, money nano-dollars. */
const books = [
  // Requests that are over, in the order in which they ended: whoever reads on from a row misses none.
  `CREATE TABLE requests (
    seq INTEGER PRIMARY KEY,
    ${opening.join(",\n    ")},
    outcome TEXT NOT NULL,
    model TEXT NOT NULL,
    provider TEXT,
    calls INTEGER NOT NULL,
    ${taken.join(",\n    ")},
    duration_ms REAL,
    first_token_ms REAL,
    queue_ms REAL,
    upstream_ms REAL
  ) STRICT`,
  `CREATE INDEX requests_day ON requests (day)`,
  `CREATE TABLE attempts (
    seq INTEGER NOT NULL,
    ${calling.join(",\n    ")},
    outcome TEXT NOT NULL,
    status INTEGER,
    duration_ms REAL,
    queue_ms REAL,
    first_token_ms REAL,
    showed INTEGER NOT NULL,
    ${taken.join(",\n    ")},
    price INTEGER,
    PRIMARY KEY (seq, number)
  ) STRICT, WITHOUT ROWID`,
  // Requests that are under way, a row for each of their calls: it stays small and is written often,
  // which tables without end are dear for. What is left in it at a start, a dead gateway left.
  `CREATE TABLE open (
    page INTEGER NOT NULL,
    ${opening.join(",\n    ")},
    ${calling.join(",\n    ")},
    ${taken.join(",\n    ")},
    price INTEGER,
    PRIMARY KEY (page, number)
  ) STRICT, WITHOUT ROWID`,
  // Every price that anything was ever reckoned by: `rates` is the JSON of `domain/Cost.ts`'s `Rates`.
  `CREATE TABLE prices (
    price INTEGER PRIMARY KEY,
    rates TEXT NOT NULL UNIQUE
  ) STRICT`,
  // Sums of closed requests. `day` is the number of UTC days since 1970; `provider` is '' where none
  // was asked.
  table("days", "day INTEGER NOT NULL", "caller TEXT NOT NULL"),
  // The same, summed further: 10 million requests a year make 365,000 `days`, too many to add up while
  // somebody waits. `month` is the number of UTC months since January 1970.
  table("day_models", "day INTEGER NOT NULL"),
  table("months", "month INTEGER NOT NULL", "caller TEXT NOT NULL"),
  // Days whose rows were written into a file of their own, and the last row of each that was.
  `CREATE TABLE exports (
    day INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
  ) STRICT`
]

/**
 * Sums are made some time after the rows that they are of. `rollup` says up to which row they are, and
 * `spans` between which rows those of a day are, in place of an index, which every row paid for.
 */
const later = [
  `CREATE TABLE rollup (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last INTEGER NOT NULL
  ) STRICT`,
  `INSERT INTO rollup SELECT 1, coalesce(max(seq), 0) FROM requests`,
  `CREATE TABLE spans (
    day INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
  ) STRICT`,
  `INSERT INTO spans SELECT day, min(seq), max(seq) FROM requests GROUP BY day`,
  `DROP INDEX requests_day`
]

/** What is known of a request's only call, as columns of `requests`, and as those of `attempts`. */
const onlyCall = [
  ["deployment TEXT", "deployment"],
  ["started_ms REAL", "started_ms"],
  ["call_outcome TEXT", "outcome"],
  ["status INTEGER", "status"],
  ["call_ms REAL", "duration_ms"],
  ["call_queue_ms REAL", "queue_ms"],
  ["call_first_token_ms REAL", "first_token_ms"],
  ["showed INTEGER", "showed"],
  ["price INTEGER", "price"]
] as const

/**
 * Nearly all requests make one call, and a row of its own doubled what they cost: it is in the request's
 * row then, and only the calls of others have rows. `attempts` has all of them, as it always did.
 */
const single = [
  `ALTER TABLE attempts RENAME TO retried`,
  ...onlyCall.map(([column]) => `ALTER TABLE requests ADD COLUMN ${column}`),
  `CREATE VIEW attempts AS
    SELECT seq, number, resumed, model, provider, ${taken.map(nameOf).join(", ")},
      ${onlyCall.map(([, name]) => name).join(", ")}
    FROM retried
    UNION ALL SELECT seq, 1, NULL, model, provider, ${taken.map(nameOf).join(", ")},
      ${onlyCall.map(([column]) => nameOf(column)).join(", ")}
    FROM requests WHERE deployment IS NOT NULL`
]

/** Every step, by its number and name. */
export const steps: Readonly<Record<string, ReadonlyArray<string>>> = {
  "1_books": books,
  "2_later": later,
  "3_single": single
}

/** The number of the latest step. */
export const newest = Math.max(...Object.keys(steps).map((name) => parseInt(name, 10)))
