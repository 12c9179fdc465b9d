/**
 * What a model costs now.
 *
 * @module
 */
import type { Rates } from "../domain/Cost.ts"
import type { Prices } from "../ledger/prices/Prices.ts"
import type { Deployment } from "./ModelTable.ts"

/**
 * What a deployment costs at `now`, in Unix milliseconds: as the operator says, else as the
 * catalogue says, else by the price list. `undefined` where nobody knows: that is never 0.
 */
export const ratesOf = (
  { model, provider }: Pick<Deployment, "model" | "provider">,
  prices: Prices["Service"],
  now: number
): Rates | undefined => {
  if (model.rates) return model.rates
  const { pricing } = provider.settings.provider
  return pricing === undefined ? undefined : prices.ratesOf(pricing, model.upstreamModel, now)
}
