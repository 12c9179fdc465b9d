/**
 * Where tokens and money are counted.
 *
 * @module
 */
import { type Cell, type Counter, other } from "./Counter.ts"

/** Where the tokens and the money of one provider's model are counted. */
export interface Till {
  readonly input: Cell
  readonly output: Cell
  readonly cached: Cell
  readonly cacheWrite: Cell
  readonly reasoning: Cell
  /** Made when first asked for: what has no price has no cost of 0 either. */
  readonly cost: () => Cell
  readonly unpriced: () => Cell
}

/** How many tills there are; all other models share one. */
export const mostTills = 1000

/** Finds a model's till. */
export const make = (
  { tokens, cost, unpriced }: Readonly<Record<"tokens" | "cost" | "unpriced", Counter>>
): (provider: string, model: string) => Till => {
  const tills = new Map<string, Till>()

  const add = (key: string, provider: string, model: string): Till => {
    const till: Till = {
      input: tokens.cell(provider, model, "input"),
      output: tokens.cell(provider, model, "output"),
      cached: tokens.cell(provider, model, "cached"),
      cacheWrite: tokens.cell(provider, model, "cache_write"),
      reasoning: tokens.cell(provider, model, "reasoning"),
      cost: () => cost.cell(provider, model),
      unpriced: () => unpriced.cell(provider, model)
    }
    tills.set(key, till)
    return till
  }

  return (provider, model) => {
    const key = `${provider}\n${model}`
    const found = tills.get(key)
    if (found) return found
    if (tills.size < mostTills) return add(key, provider, model)
    return tills.get(other) ?? add(other, other, other)
  }
}
