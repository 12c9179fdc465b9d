/**
 * Adding up: what a request took, of what its calls took.
 *
 * @module
 */
import type { Charge, Outcome } from "../Entry.ts"

/** What a row says that was taken; money is NULL where it is not known. */
export interface Taken {
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cachedTokens: number
  readonly cacheWriteTokens: number
  readonly reasoningTokens: number
  readonly source: string
  readonly inputNanos: number | null
  readonly outputNanos: number | null
}

/** What a request took, and what of its money is known. */
export interface Total extends Taken {
  readonly knownInputNanos: number
  readonly knownOutputNanos: number
  readonly isUnpriced: boolean
}

/** Nothing is charged. */
export const nothing: Taken = {
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "unknown",
  inputNanos: null,
  outputNanos: null
}

/** What a charge says that was taken. */
export const takenOf = (charge: Charge | undefined): Taken =>
  charge === undefined ? nothing : {
    promptTokens: charge.usage.promptTokens,
    completionTokens: charge.usage.completionTokens,
    cachedTokens: charge.usage.cachedTokens,
    cacheWriteTokens: charge.usage.cacheWriteTokens,
    reasoningTokens: charge.usage.reasoningTokens,
    source: charge.usage.source,
    inputNanos: charge.cost?.inputNanos ?? null,
    outputNanos: charge.cost?.outputNanos ?? null
  }

/** All calls of a request together; a call that is charged with nothing says nothing of its source. */
export const totalOf = (calls: ReadonlyArray<Taken>): Total => {
  let promptTokens = 0
  let completionTokens = 0
  let cachedTokens = 0
  let cacheWriteTokens = 0
  let reasoningTokens = 0
  let source = "unknown"
  let knownInputNanos = 0
  let knownOutputNanos = 0
  let isUnpriced = false
  for (const taken of calls) {
    if (taken.source === "unknown") continue
    promptTokens += taken.promptTokens
    completionTokens += taken.completionTokens
    cachedTokens += taken.cachedTokens
    cacheWriteTokens += taken.cacheWriteTokens
    reasoningTokens += taken.reasoningTokens
    source = source === "unknown" || source === taken.source ? taken.source : "mixed"
    if (taken.inputNanos === null || taken.outputNanos === null) isUnpriced = true
    knownInputNanos += taken.inputNanos ?? 0
    knownOutputNanos += taken.outputNanos ?? 0
  }
  return {
    promptTokens,
    completionTokens,
    cachedTokens,
    cacheWriteTokens,
    reasoningTokens,
    source,
    inputNanos: isUnpriced ? null : knownInputNanos,
    outputNanos: isUnpriced ? null : knownOutputNanos,
    knownInputNanos,
    knownOutputNanos,
    isUnpriced
  }
}

/** Whether a request that ended so counts as failed: not where its client left, or was answered. */
const isFailed = (outcome: Outcome): boolean =>
  outcome !== "ok" && outcome !== "filtered" && outcome !== "client_abort"

/** What a request adds to the sums, in their order. */
export const numbersOf = (outcome: Outcome, total: Total): ReadonlyArray<number> => [
  1,
  isFailed(outcome) ? 1 : 0,
  total.isUnpriced ? 1 : 0,
  total.source === "estimated" || total.source === "mixed" ? 1 : 0,
  total.promptTokens,
  total.completionTokens,
  total.cachedTokens,
  total.cacheWriteTokens,
  total.reasoningTokens,
  total.knownInputNanos,
  total.knownOutputNanos
]
