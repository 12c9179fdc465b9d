/**
 * Money: what a model's tokens cost, exact to the nano-dollar.
 *
 * @module
 */
import { noMedia, type Usage } from "./Usage.ts"

/** What an answer cost, in whole nano-dollars (a billionth of a US dollar), never negative. */
export interface Cost {
  readonly inputNanos: number
  readonly outputNanos: number
}

/** Prices in US dollars per million tokens: at most six decimals count. */
export interface TokenRates {
  readonly input: number
  readonly output: number
  /** Prompt tokens read from the provider's cache. Default: `input`. */
  readonly cachedInput?: number | undefined
  /** Prompt tokens written into the provider's cache. Default: `input`. */
  readonly cacheWrite?: number | undefined
  /** Prompt tokens written into the provider's cache for an hour. Default: `cacheWrite`. */
  readonly longCacheWrite?: number | undefined
  /** Reasoning. Default: `output`. */
  readonly reasoning?: number | undefined
  /** Audio that is read. Default: `input`. */
  readonly audioInput?: number | undefined
  /** Audio that is read from the provider's cache. Default: `cachedInput`. */
  readonly cachedAudioInput?: number | undefined
  /** Audio that is written. Default: `output`. */
  readonly audioOutput?: number | undefined
  /** Images that are written. Default: `output`. */
  readonly imageOutput?: number | undefined
}

/** What a model costs. */
export interface Rates extends TokenRates {
  /** US dollars for each request, whatever its length; part of the input's cost. Default: 0. */
  readonly perRequest?: number | undefined
  /** US dollars for each search of the web; part of the input's cost. Default: not known. */
  readonly perSearch?: number | undefined
  /** Prices for long prompts, from the lowest threshold up. Default: none. */
  readonly tiers?: ReadonlyArray<RateTier> | undefined
  /** Who says so: what an operator sets counts for more than what a provider tells. Default: a list. */
  readonly by?: "operator" | undefined
  /** Prices of other tiers of service, by the provider's names for them. Default: not known. */
  readonly serviceTiers?: Readonly<Record<string, TokenRates>> | undefined
}

/** The prices of every token, read or written, of a request whose prompt is long. */
export interface RateTier extends TokenRates {
  /** Holds where a prompt has more tokens than this, cached ones included. */
  readonly overPromptTokens: number
}

/** A side never costs more than this (4.5 million dollars), so that a total is a safe integer. */
const mostNanos = (Number.MAX_SAFE_INTEGER - 1) / 2

/** What `counted` costs at `rates`: each side is summed exactly, then rounded once, half to even. */
export const costOf = (rates: Rates, counted: Usage): Cost => {
  const usage = counted.billed ? { ...counted, ...nothingSpecial, ...counted.billed } : counted
  const at = ratesFor(rates, usage.promptTokens)
  const { cacheWriteTokens, longCacheWriteTokens: long = 0, reasoningTokens, searches = 0 } = usage
  const { audioPrompt, cachedAudio, audioWritten, imageWritten } = usage.media ?? noMedia
  const cachedText = usage.cachedTokens - cachedAudio
  const audio = audioPrompt - cachedAudio
  const plain = usage.promptTokens - usage.cachedTokens - cacheWriteTokens - audio
  const cached = at.cachedInput ?? at.input
  const audioRate = at.audioInput ?? at.input
  const cachedAudioRate = at.cachedAudioInput ?? cached
  const short = cacheWriteTokens - long
  const cacheWrite = at.cacheWrite ?? at.input
  const longCacheWrite = at.longCacheWrite ?? cacheWrite
  const perRequest = (rates.perRequest ?? 0) * 1_000_000
  const perSearch = (rates.perSearch ?? 0) * 1_000_000
  const written = usage.completionTokens - reasoningTokens - audioWritten - imageWritten
  const reasoning = at.reasoning ?? at.output
  const audioOutput = at.audioOutput ?? at.output
  const imageOutput = at.imageOutput ?? at.output
  const input = picos(plain, at.input) + picos(cachedText, cached) +
    picos(audio, audioRate) + picos(cachedAudio, cachedAudioRate) +
    picos(short, cacheWrite) + picos(long, longCacheWrite) +
    picos(1, perRequest) + picos(searches, perSearch)
  const output = picos(written, at.output) + picos(reasoningTokens, reasoning) +
    picos(audioWritten, audioOutput) + picos(imageWritten, imageOutput)
  // No item is negative, so a safe sum had only safe addends: every step of it was exact.
  return {
    inputNanos: Number.isSafeInteger(input) ? roundHalfEven(input) : bigNanos([
      [plain, at.input],
      [cachedText, cached],
      [audio, audioRate],
      [cachedAudio, cachedAudioRate],
      [short, cacheWrite],
      [long, longCacheWrite],
      [1, perRequest],
      [searches, perSearch]
    ]),
    outputNanos: Number.isSafeInteger(output) ? roundHalfEven(output) : bigNanos([
      [written, at.output],
      [reasoningTokens, reasoning],
      [audioWritten, audioOutput],
      [imageWritten, imageOutput]
    ])
  }
}

const nothingSpecial = {
  cachedTokens: 0,
  cacheWriteTokens: 0,
  longCacheWriteTokens: 0,
  reasoningTokens: 0,
  media: noMedia
}

/**
 * `nanos`, which a provider says that `usage` cost altogether, as a cost: shared out between prompt
 * and answer as `rates` would, or alike for each token where there are none.
 */
export const toldCost = (nanos: number, rates: Rates | undefined, usage: Usage): Cost => {
  const reckoned = costOf(rates ?? alike, usage)
  const total = totalNanos(reckoned)
  const outputNanos = total === 0 ? 0 : Math.round(nanos * (reckoned.outputNanos / total))
  return { inputNanos: nanos - outputNanos, outputNanos }
}

const alike: Rates = { input: 1, output: 1 }

/** Both costs together; unknown where one of them is. */
export const plus = (a: Cost | undefined, b: Cost | undefined): Cost | undefined =>
  a && b && {
    inputNanos: a.inputNanos + b.inputNanos,
    outputNanos: a.outputNanos + b.outputNanos
  }

/** Both sides of a cost together, in nano-dollars. */
export const totalNanos = (cost: Cost): number => cost.inputNanos + cost.outputNanos

/** Nano-dollars in US dollars: only for showing, never to reckon with. */
export const toDollars = (nanos: number): number => nanos / 1_000_000_000

const ratesFor = (rates: Rates, promptTokens: number): TokenRates => {
  let at: TokenRates = rates
  for (const tier of rates.tiers ?? []) if (promptTokens > tier.overPromptTokens) at = tier
  return at
}

/** So many units at so many dollars per million of them. */
type Item = readonly [units: number, dollarsPerMillion: number]

/** What so many units cost, in pico-dollars: a trillionth of a dollar. */
const picos = (units: number, dollarsPerMillion: number): number =>
  whole(units) * picosPerUnit(dollarsPerMillion)

/** A dollar per million is a millionth of a dollar each: a million pico-dollars. */
const picosPerUnit = (dollarsPerMillion: number): number => whole(dollarsPerMillion * 1_000_000)

/** Parts that exceed their whole leave a remainder below 0: money is never given back for it. */
const whole = (count: number): number => Math.max(0, Math.round(count))

const roundHalfEven = (picos: number): number => {
  const rest = picos % 1000
  const nanos = (picos - rest) / 1000
  return rest > 500 || (rest === 500 && nanos % 2 === 1) ? nanos + 1 : nanos
}

const bigNanos = (items: ReadonlyArray<Item>): number => {
  let picos = 0n
  for (const [units, rate] of items) picos += BigInt(whole(units)) * BigInt(picosPerUnit(rate))
  const rest = picos % 1000n
  const nanos = picos / 1000n
  const rounded = rest > 500n || (rest === 500n && nanos % 2n === 1n) ? nanos + 1n : nanos
  return Math.min(Number(rounded), mostNanos)
}
