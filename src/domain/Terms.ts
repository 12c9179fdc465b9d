/**
 * What a provider charges beside, or instead of, the prices of its models.
 *
 * @module
 */
import type { Rates, TokenRates } from "./Cost.ts"
import type { Usage } from "./Usage.ts"

/** What holds for all models of a provider. */
export interface Terms {
  /** What its other tiers of service cost. Default: nobody knows, and what they serve has no price. */
  readonly tierShares?: TierShares | undefined
  /** US dollars for each search of the web that it makes and counts. Default: nobody knows. */
  readonly perSearch?: number | undefined
}

/**
 * What `usage` is to be reckoned by, of a model that has the `ordinary` rates; absent where
 * something in it has no price that anybody knows.
 */
export const underTerms = (
  ordinary: Rates | undefined,
  usage: Usage,
  terms: Terms
): Rates | undefined => {
  if (usage.isUnpriceable) return undefined
  const rates = atTier(ordinary, usage.tier, terms.tierShares)
  if (!rates || !usage.searches) return rates
  return terms.perSearch === undefined ? undefined : { ...rates, perSearch: terms.perSearch }
}

/** What a provider's tiers of service cost, each as a share of the ordinary price. */
export type TierShares = Readonly<Record<string, number>>

/**
 * The rates of a tier of service: as the operator says, else by its share of the ordinary ones;
 * absent where neither is known.
 */
export const atTier = (
  rates: Rates | undefined,
  tier: string | undefined,
  shares: TierShares = {}
): Rates | undefined => {
  if (rates === undefined || tier === undefined) return rates
  const { serviceTiers = {}, ...ordinary } = rates
  if (Object.hasOwn(serviceTiers, tier)) return serviceTiers[tier]
  const share = Object.hasOwn(shares, tier) ? shares[tier] : undefined
  if (share === undefined) return undefined
  return {
    ...shared(ordinary, share),
    perRequest: rates.perRequest,
    tiers: rates.tiers?.map(({ overPromptTokens, ...tier }) => ({
      overPromptTokens,
      ...shared(tier, share)
    }))
  }
}

const shared = (rates: TokenRates, share: number): TokenRates => {
  const part = (rate: number | undefined) => rate === undefined ? undefined : rate * share
  return {
    input: rates.input * share,
    output: rates.output * share,
    cachedInput: part(rates.cachedInput),
    cacheWrite: part(rates.cacheWrite),
    longCacheWrite: part(rates.longCacheWrite),
    reasoning: part(rates.reasoning),
    audioInput: part(rates.audioInput),
    cachedAudioInput: part(rates.cachedAudioInput),
    audioOutput: part(rates.audioOutput),
    imageOutput: part(rates.imageOutput)
  }
}
