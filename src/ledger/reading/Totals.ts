/**
 * Sums over requests, exact however large they are.
 *
 * @module
 */
import { sums } from "../store/schema.ts"

/** What was added up, by the names of `sums`. Money is in nano-dollars, as far as it is known. */
export type Totals = Readonly<Record<typeof sums[number], bigint>>

/** Nothing. */
export const noTotals: Totals = make(() => 0n)

/** The sums in a row of the database, which hold whole numbers as text. */
export const totalsOf = (row: Readonly<Record<string, unknown>>): Totals =>
  make((sum) => BigInt(String(row[sum] ?? 0)))

/** Both together. */
export const plus = (a: Totals, b: Totals): Totals => make((sum) => a[sum] + b[sum])

/** Tokens read and written. */
export const tokensOf = ({ prompt_tokens, completion_tokens }: Totals): bigint =>
  prompt_tokens + completion_tokens

/**
 * What it cost, in nano-dollars; absent where nothing of it has a known price, which is never 0.
 * Where some of it has none, `unpriced` says of how many requests.
 */
export const costOf = (totals: Totals): bigint | undefined => {
  const nanos = totals.input_nanos + totals.output_nanos
  return nanos === 0n && totals.unpriced > 0n ? undefined : nanos
}

/** Nano-dollars in US dollars, to the last digit. */
export const dollarsText = (nanos: bigint): string => {
  const digits = String(nanos).padStart(10, "0")
  const cents = digits.slice(-9).replace(/0+$/, "")
  return digits.slice(0, -9) + (cents === "" ? "" : `.${cents}`)
}

function make(of: (sum: keyof Totals) => bigint): Totals {
  return {
    requests: of("requests"),
    failed: of("failed"),
    unpriced: of("unpriced"),
    estimated: of("estimated"),
    prompt_tokens: of("prompt_tokens"),
    completion_tokens: of("completion_tokens"),
    cached_tokens: of("cached_tokens"),
    cache_write_tokens: of("cache_write_tokens"),
    reasoning_tokens: of("reasoning_tokens"),
    input_nanos: of("input_nanos"),
    output_nanos: of("output_nanos")
  }
}
