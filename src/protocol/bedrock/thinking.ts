/**
 * How hard to think.
 *
 * @module
 */
import type { JsonObject, ReasoningEffort } from "../../domain/Completion.ts"
import type { Family } from "./family.ts"

/** How hard to think, in Converse's own word, and in the words of the model's maker. */
export interface Thinking {
  readonly effort?: string | undefined
  readonly fields?: JsonObject | undefined
}

/** Tokens to think with, for a model that wants a number. */
const budgets: Readonly<Record<Exclude<ReasoningEffort, "none">, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768
}
/** Claude thinks with no fewer tokens. */
const leastBudget = 1024
/** So much of an answer's tokens may go into thoughts. */
const largestShare = 0.8

/** Has a model of `family` think as hard as `effort`, in an answer of `maxTokens`. */
export const thinking = (
  { thinks }: Family,
  effort: ReasoningEffort | undefined,
  maxTokens: number | undefined
): Thinking => {
  if (effort === undefined) return {}
  switch (thinks) {
    case "adaptive":
      return effort === "none" ? { fields: { thinking: { type: "disabled" } } } : {
        effort: effort === "minimal" ? "low" : effort,
        fields: { thinking: { type: "adaptive" } }
      }
    case "budget": {
      // It does not think unless it is told to.
      const budget = effort === "none" ? undefined : budgetOf(budgets[effort], maxTokens)
      return budget === undefined
        ? {}
        : { fields: { thinking: { type: "enabled", budget_tokens: budget } } }
    }
    case "nova":
      return {
        fields: {
          reasoningConfig: effort === "none"
            ? { type: "disabled" }
            : { type: "enabled", maxReasoningEffort: oneOfThree(effort) }
        }
      }
    case "effort":
      return effort === "none" ? {} : { fields: { reasoning_effort: oneOfThree(effort) } }
    case "never":
      return {}
  }
}

/** Absent where an answer of `maxTokens` leaves no room to think. */
const budgetOf = (wanted: number, maxTokens: number | undefined): number | undefined => {
  if (maxTokens === undefined) return wanted
  const share = Math.floor(maxTokens * largestShare)
  return share < leastBudget ? undefined : Math.min(wanted, share)
}

const oneOfThree = (effort: ReasoningEffort): string =>
  effort === "minimal" ? "low" : effort === "xhigh" ? "high" : effort
