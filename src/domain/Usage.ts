/**
 * Tokens that an answer took.
 *
 * @module
 */

/** Tokens that an answer took. Every count is a whole number from 0; the parts are within the wholes. */
export interface Usage {
  /** Tokens read, those from and into the provider's cache included. */
  readonly promptTokens: number
  /** Tokens written, reasoning included. */
  readonly completionTokens: number
  /** Part of `promptTokens`: read from the provider's prompt cache. */
  readonly cachedTokens: number
  /** Part of `promptTokens`: written into the provider's prompt cache. */
  readonly cacheWriteTokens: number
  /** Part of `cacheWriteTokens`: kept for an hour instead of minutes, which costs more. Default: 0. */
  readonly longCacheWriteTokens?: number | undefined
  /** Part of `completionTokens`: reasoning. */
  readonly reasoningTokens: number
  readonly source: Source
  /**
   * The tier of service that the provider says it served by, in its own words, where that has prices
   * of its own: `flex`, `priority`. Default: the ordinary one.
   */
  readonly tier?: string | undefined
  /** What is paid for, where a provider bills other tokens than it counts. Default: all of the above. */
  readonly billed?: Billed | undefined
}

/** Tokens that are paid for, at the prices of tokens that no cache had and that are no reasoning. */
export type Billed = Pick<Usage, "promptTokens" | "completionTokens">

/** Who counted: the provider, the gateway where the provider said nothing, or both in part. */
export type Source = "reported" | "estimated" | "mixed"

/** Both together; `mixed` where they were not counted alike. */
export const plus = (a: Usage, b: Usage): Usage => ({
  promptTokens: a.promptTokens + b.promptTokens,
  completionTokens: a.completionTokens + b.completionTokens,
  cachedTokens: a.cachedTokens + b.cachedTokens,
  cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  reasoningTokens: a.reasoningTokens + b.reasoningTokens,
  source: a.source === b.source ? a.source : "mixed",
  ...(a.longCacheWriteTokens || b.longCacheWriteTokens
    ? { longCacheWriteTokens: (a.longCacheWriteTokens ?? 0) + (b.longCacheWriteTokens ?? 0) }
    : {}),
  ...(a.tier || b.tier ? { tier: a.tier ?? b.tier } : {}),
  ...(a.billed || b.billed ? { billed: plusBilled(a.billed ?? a, b.billed ?? b) } : {})
})

const plusBilled = (a: Billed, b: Billed): Billed => ({
  promptTokens: a.promptTokens + b.promptTokens,
  completionTokens: a.completionTokens + b.completionTokens
})
