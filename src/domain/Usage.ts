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
  /** Part of `completionTokens`: written for the provider's own ends, beside the answer. Default: 0. */
  readonly asideTokens?: number | undefined
  /** Parts that are other than text, which some providers bill at other prices. Default: none. */
  readonly media?: Media | undefined
  readonly source: Source
  /**
   * The tier of service that the provider says it served by, in its own words, where that has prices
   * of its own: `flex`, `priority`. Default: the ordinary one.
   */
  readonly tier?: string | undefined
  /** What is paid for, where a provider bills other tokens than it counts. Default: all of the above. */
  readonly billed?: Billed | undefined
  /** Searches of the web that the provider bills one by one, beside the tokens. Default: 0. */
  readonly searches?: number | undefined
  /**
   * What the provider itself says that all of it costs, in whole nano-dollars. Default: it says
   * nothing, and prices have to be looked up.
   */
  readonly toldNanos?: number | undefined
  /** Whether something in it is billed in a way that nobody can tell. Default: false. */
  readonly isUnpriceable?: boolean | undefined
}

/** Tokens that are other than text. Each count is from 0, and all are within those of `Usage`. */
export interface Media {
  /** Part of `promptTokens`: audio, cached or not. */
  readonly audioPrompt: number
  /** Part of `audioPrompt` and of `cachedTokens`. */
  readonly cachedAudio: number
  /** Part of `completionTokens`, and no reasoning: audio. */
  readonly audioWritten: number
  /** Part of `completionTokens`, and no reasoning: images. */
  readonly imageWritten: number
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
  ...(a.billed || b.billed ? { billed: plusBilled(a.billed ?? a, b.billed ?? b) } : {}),
  ...(a.media || b.media ? { media: plusMedia(a.media ?? noMedia, b.media ?? noMedia) } : {}),
  ...(a.asideTokens || b.asideTokens
    ? { asideTokens: (a.asideTokens ?? 0) + (b.asideTokens ?? 0) }
    : {}),
  ...(a.searches || b.searches ? { searches: (a.searches ?? 0) + (b.searches ?? 0) } : {}),
  ...(a.toldNanos === undefined || b.toldNanos === undefined
    ? {}
    : { toldNanos: a.toldNanos + b.toldNanos }),
  ...(a.isUnpriceable || b.isUnpriceable ? { isUnpriceable: true } : {})
})

const plusMedia = (a: Media, b: Media): Media => ({
  audioPrompt: a.audioPrompt + b.audioPrompt,
  cachedAudio: a.cachedAudio + b.cachedAudio,
  audioWritten: a.audioWritten + b.audioWritten,
  imageWritten: a.imageWritten + b.imageWritten
})

/** Nothing but text. */
export const noMedia: Media = { audioPrompt: 0, cachedAudio: 0, audioWritten: 0, imageWritten: 0 }

const plusBilled = (a: Billed, b: Billed): Billed => ({
  promptTokens: a.promptTokens + b.promptTokens,
  completionTokens: a.completionTokens + b.completionTokens
})
