/**
 * What is charged for a call.
 *
 * @module
 */
import type { Usage } from "../domain/Usage.ts"

/** How a call ended, and who counted what. */
export interface Ended {
  /** The last that the provider reported. */
  readonly reported: Usage | undefined
  /** Whether the answer is not whole: it broke off, or the client left or was too slow. */
  readonly interrupted: boolean
  /**
   * Whether the call is owed for at all: it was answered, or it showed something, or the client left
   * it after the provider had begun to answer. A call that failed before that costs nothing.
   */
  readonly accepted: boolean
  /** The most that the request lets be written, its `max_tokens` times its `n`. */
  readonly maxTokens: number | undefined
}

/** What the gateway counted; where `needed` says that it is not, it may be left at 0. */
export interface Counted {
  readonly promptTokens: number
  readonly writtenTokens: number
}

/** Which tokens have to be counted for `chargeFor`: counting costs more than asking. */
export const needed = (ended: Ended): { readonly prompt: boolean; readonly written: boolean } => {
  const { reported, interrupted, accepted } = ended
  return {
    prompt: accepted && reported === undefined,
    written: accepted && (interrupted || reported === undefined || isAbsurd(ended))
  }
}

/**
 * What a call is charged for; `undefined` is nothing. What the provider reported counts, 0 too; what
 * it left open is counted. Of an answer that is not whole that is all that was written since its last
 * report, so a later cut never costs less.
 */
export const chargeFor = (ended: Ended & Counted): Usage | undefined => {
  const { reported, interrupted, accepted, promptTokens, writtenTokens, maxTokens } = ended
  const counted = Math.min(writtenTokens, maxTokens ?? Infinity)
  if (reported === undefined) {
    return accepted ? { ...nothing, promptTokens, completionTokens: counted } : undefined
  }
  const completionTokens = isAbsurd(ended)
    ? counted
    : interrupted
    ? Math.max(reported.completionTokens, counted)
    : reported.completionTokens
  if (completionTokens === reported.completionTokens) return reported
  // What the provider says that it costs is of the tokens that it says.
  const { toldNanos: _, ...counts } = reported
  return {
    ...counts,
    completionTokens,
    reasoningTokens: Math.min(reported.reasoningTokens, completionTokens),
    source: "mixed"
  }
}

/** Whether the provider reports more than twice what it was allowed to write: no count of an answer. */
export const isAbsurd = ({ reported, maxTokens }: Ended): boolean =>
  reported !== undefined && maxTokens !== undefined &&
  reported.completionTokens - (reported.asideTokens ?? 0) > 2 * maxTokens

const nothing: Usage = {
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "estimated"
}
