/**
 * Reads an entry of the price list.
 *
 * @module
 */
import type { ConditionalPrice, ModelPrice, TieredPrices } from "@pydantic/genai-prices"
import type { Rates, TokenRates } from "../../domain/Cost.ts"

/**
 * The rates in `listed`; `undefined` where it does not price both prompt and answer, or the prompt
 * alone of one that makes vectors and writes nothing. The list writes `{}` for a model that is free,
 * for one that a subscription covers and for one whose price it does not know: it does not tell
 * which, so none of them counts as free. An operator who knows better configures 0. There are none
 * either where something is billed that no dialect counts: the tokens of what is cited.
 */
export const toRates = (listed: ModelPrice, isEmbedding = false): Rates | undefined => {
  if (listed["output_citation_mtok"] !== undefined) return undefined
  const isUnwritten = isEmbedding && listed["output_mtok"] === undefined
  const record = isUnwritten ? { ...listed, output_mtok: 0 } : listed
  const base = ratesFrom(record, 0)
  if (base === undefined) return undefined
  const tiers = thresholds(record).flatMap((overPromptTokens) => {
    const rates = ratesFrom(record, overPromptTokens + 1)
    return rates ? [{ overPromptTokens, ...rates }] : []
  })
  const perThousandRequests = dollars(record["requests_kcount"], 0)
  return {
    ...base,
    perRequest: perThousandRequests === undefined ? undefined : perThousandRequests / 1000,
    tiers: tiers.length === 0 ? undefined : tiers
  }
}

/** Whether prices depend on the day or the hour. */
export const isTimed = (
  prices: ReadonlyArray<ConditionalPrice> | ModelPrice
): prices is ReadonlyArray<ConditionalPrice> => Array.isArray(prices)

const tokenPrices = [
  "input_mtok",
  "output_mtok",
  "cache_read_mtok",
  "cache_write_mtok",
  "cache_write_1h_mtok",
  "output_reasoning_mtok",
  "input_audio_mtok",
  "cache_audio_read_mtok",
  "output_audio_mtok",
  "output_image_mtok"
]

const ratesFrom = (record: ModelPrice, promptTokens: number): TokenRates | undefined => {
  const at = (key: string) => dollars(record[key], promptTokens)
  const [input, output] = [at("input_mtok"), at("output_mtok")]
  if (input === undefined || output === undefined) return undefined
  return {
    input,
    output,
    cachedInput: at("cache_read_mtok"),
    cacheWrite: at("cache_write_mtok"),
    longCacheWrite: at("cache_write_1h_mtok"),
    reasoning: at("output_reasoning_mtok"),
    audioInput: at("input_audio_mtok"),
    cachedAudioInput: at("cache_audio_read_mtok"),
    audioOutput: at("output_audio_mtok"),
    imageOutput: at("output_image_mtok")
  }
}

/** Where a prompt becomes dearer, from the lowest. */
const thresholds = (record: ModelPrice): ReadonlyArray<number> => {
  const starts = new Set<number>()
  for (const key of tokenPrices) {
    const price = record[key]
    if (typeof price === "object") { for (const tier of price.tiers) starts.add(tier.start) }
  }
  return [...starts].sort((a, b) => a - b)
}

/** The whole request is at the price of the highest tier that the prompt is past. */
const dollars = (
  price: number | TieredPrices | undefined,
  promptTokens: number
): number | undefined => {
  if (typeof price !== "object") return price
  let reached: { readonly start: number; readonly price: number } | undefined
  for (const tier of price.tiers) {
    if (promptTokens > tier.start && tier.start >= (reached?.start ?? 0)) reached = tier
  }
  return reached ? reached.price : price.base
}
