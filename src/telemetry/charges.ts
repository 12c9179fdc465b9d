/**
 * What all calls of a request were charged, together.
 *
 * @module
 */
import { plus, type Usage } from "../domain/Usage.ts"
import type { Called } from "../ledger/Entry.ts"

/** Tokens of all calls; absent where nothing was charged. */
export const usageOfCalls = (calls: ReadonlyArray<Called>): Usage | undefined =>
  calls.reduce<Usage | undefined>(
    (sum, { charge }) => charge ? sum ? plus(sum, charge.usage) : charge.usage : sum,
    undefined
  )

/** In nano-dollars; absent where nothing was charged, or something has no price. */
export const costOfCalls = (calls: ReadonlyArray<Called>): number | undefined => {
  let sum: number | undefined
  for (const { charge } of calls) {
    if (charge === undefined) continue
    if (charge.cost === undefined) return undefined
    sum = (sum ?? 0) + charge.cost.inputNanos + charge.cost.outputNanos
  }
  return sum
}
