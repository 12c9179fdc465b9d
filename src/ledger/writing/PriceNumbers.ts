/**
 * The numbers of prices: every price that anything was reckoned by is in the books once.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite"
import type { Rates } from "../../domain/Cost.ts"

/** The numbers of prices. */
export interface PriceNumbers {
  /** The number of `rates`, which are put into the books where they are not yet. */
  readonly of: (rates: Rates) => number
  /** Forgets what it knows: what was put in may have been taken back. */
  readonly forget: () => void
}

/** So many prices are remembered by their text. */
const mostRemembered = 1000

/** The numbers of the prices in `database`. */
export const makePriceNumbers = (database: DatabaseSync): PriceNumbers => {
  // Says the number of one that is there already too, which a plain insert does not.
  const intern = database.prepare(`INSERT INTO prices (rates) VALUES (?)
    ON CONFLICT (rates) DO UPDATE SET rates = rates RETURNING price`)
  // Rates are mostly the same objects again: they need no text then.
  let bySelf = new WeakMap<Rates, number>()
  const byText = new Map<string, number>()

  return {
    of: (rates) => {
      const known = bySelf.get(rates)
      if (known !== undefined) return known
      const text = JSON.stringify(rates)
      const number = byText.get(text) ?? Number(intern.get(text)?.["price"])
      if (byText.size >= mostRemembered) byText.clear()
      byText.set(text, number)
      bySelf.set(rates, number)
      return number
    },
    forget: () => {
      bySelf = new WeakMap()
      byText.clear()
    }
  }
}
