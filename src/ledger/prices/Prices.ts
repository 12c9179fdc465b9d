/**
 * The price list: what a provider charges for a model at a given time.
 *
 * @module
 */
import { calcPrice } from "@pydantic/genai-prices"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Rates } from "../../domain/Cost.ts"
import { isTimed, toRates } from "./priceRecord.ts"

/** The price list that comes with the gateway; it needs no network. */
export class Prices extends Context.Service<Prices, {
  /**
   * What `provider` charges for `model`, by the provider's own name for it, at `now` in Unix
   * milliseconds. `undefined` where the list has no price: unknown is never 0. `provider` is an id
   * of the list, such as `openai`, `anthropic`, `google`, `groq`; one merely like it has no prices.
   */
  readonly ratesOf: (provider: string, model: string, now: number) => Rates | undefined
}>()("penstock/ledger/Prices") {
  static readonly layer = Layer.sync(Prices, () => make())
}

/** An answer of the list, and from when until when it holds. */
interface Entry {
  readonly rates: Rates | undefined
  readonly from: number
  readonly until: number
}

const minute = 60_000

/** A price list that remembers its last `capacity` answers (default 1,000): asking it is dear. */
export const make = (capacity = 1000): Context.Service.Shape<typeof Prices> => {
  const entries = new Map<string, Entry>()
  return {
    ratesOf: (provider, model, now) => {
      const key = `${provider}\n${model}`
      const known = entries.get(key)
      if (known && now >= known.from && now < known.until) return known.rates
      const entry = lookUp(provider, model, now)
      const [oldest] = entries.keys()
      if (!known && entries.size >= capacity && oldest !== undefined) entries.delete(oldest)
      entries.set(key, entry)
      return entry.rates
    }
  }
}

const lookUp = (provider: string, model: string, now: number): Entry => {
  const timestamp = DateTime.toDateUtc(DateTime.makeUnsafe(now))
  if (hasUnlistedFees.test(model)) return forGood()
  const found = Option.getOrNull(ask({}, model, { providerId: provider, timestamp }))
  // The list also answers for a provider or a model whose name only looks like one of its own.
  if (found?.provider.id !== provider || isOtherVersion(found.model.id, model)) return forGood()
  const rates = withLongCache(
    found.model.id,
    toRates(found.model_price, isEmbedding(found.model.id))
  )
  if (!isTimed(found.model.prices)) return forGood(rates)
  // Prices change on the full minute, so an answer holds until the next one.
  const from = now - now % minute
  return { rates, from, until: from + minute }
}

const ask = Option.liftThrowable(calcPrice)

const forGood = (rates?: Rates): Entry => ({ rates, from: -Infinity, until: Infinity })

/** Models that the list takes for others of a like name: they bill searches, or audio, beside. */
const hasUnlistedFees = /-search-(?:api|preview)(?![a-z])|-audio-preview(?![a-z])/i

/** Claude's cache of an hour costs twice the prompt wherever it is served, also where the list is silent. */
const withLongCache = (listed: string, rates: Rates | undefined): Rates | undefined =>
  rates && rates.longCacheWrite === undefined && rates.cacheWrite !== undefined &&
    rates.tiers === undefined && /claude/.test(listed)
    ? { ...rates, longCacheWrite: 2 * rates.input }
    : rates

/** Whether a model of the list makes vectors: it writes nothing that could have a price. */
const isEmbedding = (listed: string): boolean => /\bembed/.test(listed)

/**
 * Whether `model` is a later version than the `listed` one that it begins like:
 * `claude-sonnet-5-5` is not a `claude-sonnet-5`, though `claude-sonnet-5-20260630` is.
 */
const isOtherVersion = (listed: string, model: string): boolean =>
  model.toLowerCase().startsWith(listed) &&
  /^[-.](\d(?![\da-z])|\d\d(?![\da-z]|-\d\d))/i.test(model.slice(listed.length))
