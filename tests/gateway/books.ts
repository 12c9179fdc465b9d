/**
 * The books, as tests read them.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** A row of a request, as far as tests look at it. */
export interface RequestRow {
  readonly seq: number
  readonly at: number
  readonly id: string
  readonly caller: string
  readonly outcome: string | null
  readonly model: string | null
  readonly provider: string | null
  readonly calls: number
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly cached_tokens: number
  readonly source: string
  readonly input_nanos: number | null
  readonly output_nanos: number | null
  readonly first_token_ms: number | null
  readonly duration_ms: number | null
}

/** A row of a call, as far as tests look at it. */
export interface CallRow extends RequestRow {
  readonly number: number
  readonly deployment: string
  readonly showed: number
  readonly resumed: string | null
  readonly status: number | null
  readonly price: number | null
}

const rows = <Row extends object>(text: string) =>
  Effect.orDie(SqlClient.SqlClient.use((sql) => sql.unsafe<Row>(text)))

/** Every request that was admitted, in order. */
export const requests = rows<RequestRow>("SELECT * FROM requests ORDER BY seq")
/** Every call to a provider, in order. */
export const calls = rows<CallRow>("SELECT * FROM attempts ORDER BY seq, number")
/** Every call of requests that are under way. */
export const underWay = rows<CallRow>("SELECT * FROM open ORDER BY page, number")
/** Every price. */
export const prices = rows<{ readonly price: number; readonly rates: string }>(
  "SELECT * FROM prices"
)

/** The only request. */
export const request = Effect.map(requests, (all): RequestRow => {
  const [first, ...others] = all
  if (!first || others.length > 0) throw new Error(`There are ${all.length} requests`)
  return first
})
