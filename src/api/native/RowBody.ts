/**
 * A line of `/stats/rows`, and of an exported day.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import { outcomes } from "../../ledger/Entry.ts"

/** Milliseconds. */
const Duration = Schema.NullOr(Schema.Finite)

const taken = {
  prompt_tokens: Schema.Finite,
  completion_tokens: Schema.Finite,
  cached_tokens: Schema.Finite,
  cache_write_tokens: Schema.Finite,
  reasoning_tokens: Schema.Finite,
  /** `unknown` where nothing is charged. */
  source: Schema.Literals(["reported", "estimated", "mixed", "unknown"]),
  /** Whole billionths of a US dollar; `null` where the price is not known. */
  input_nanos: Schema.NullOr(Schema.Finite),
  output_nanos: Schema.NullOr(Schema.Finite)
}

const AttemptRow = Schema.Struct({
  /** From 1. */
  number: Schema.Natural,
  deployment: Schema.String,
  model: Schema.String,
  provider: Schema.String,
  /** After the request came. */
  started_ms: Schema.Finite,
  resumed: Schema.NullOr(Schema.String),
  /** `answered`, `left`, `client_too_slow`, or what the provider did wrong. */
  outcome: Schema.String,
  status: Schema.NullOr(Schema.Finite),
  duration_ms: Duration,
  queue_ms: Duration,
  first_token_ms: Duration,
  showed: Schema.Boolean,
  ...taken,
  /** Prices in US dollars per million tokens that the money was reckoned by. */
  rates: Schema.NullOr(Schema.Record(Schema.String, Schema.Json))
})

/** A request in the books. */
export const RowBody = Schema.Struct({
  /** Its number in the order in which requests ended, for `after`. */
  seq: Schema.Finite,
  id: Schema.String,
  /** When it came. */
  at: Schema.String,
  /** The id of the key or token that asked. */
  caller: Schema.String,
  /** The model, as the client named it. */
  asked: Schema.String,
  streamed: Schema.Boolean,
  /** Of the configuration. */
  version: Schema.Finite,
  trace_id: Schema.NullOr(Schema.String),
  outcome: Schema.Literals(outcomes),
  /** That answered, or was asked last. */
  model: Schema.String,
  /** `null` where none was asked. */
  provider: Schema.NullOr(Schema.String),
  /** Calls to providers. */
  calls: Schema.Finite,
  ...taken,
  duration_ms: Duration,
  first_token_ms: Duration,
  queue_ms: Duration,
  upstream_ms: Duration,
  attempts: Schema.Array(AttemptRow)
}).annotate({ identifier: "Row" })
