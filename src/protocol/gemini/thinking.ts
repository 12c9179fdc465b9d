/**
 * How hard Gemini is to think. Each generation of its models wants to be told in its own way, and
 * refuses the other's.
 *
 * @module
 */
import type { JsonObject, ReasoningEffort } from "../../domain/Completion.ts"

/** The generation of a Gemini model by its id, such as 2.5; absent where the id does not say. */
export const generation = (model: string): number | undefined => {
  const number = /gemini-(\d{1,3}(?:\.\d{1,3})?)/.exec(model)?.[1]
  return number === undefined ? undefined : Number(number)
}

/**
 * `effort` for `model`; absent where nothing need be said. Some models always think: for them, not
 * at all is as little as they can.
 */
export const thinkingConfig = (
  effort: ReasoningEffort | undefined,
  model: string
): JsonObject | undefined => {
  if (effort === undefined) return undefined
  const number = generation(model)
  const isPro = /-pro\b/.test(model)
  // Those before 2.5 do not think: they need not be told to, and refuse to hear of it.
  if (effort === "none" && number !== undefined && number < 2.5) return undefined
  const includeThoughts = effort === "none" ? undefined : true
  if (number !== undefined && number >= 3) {
    // The first Pro of this generation knew but two levels.
    const level = number === 3 && isPro && effort === "medium" ? "HIGH" : levels[effort]
    return { thinkingLevel: isPro && level === "MINIMAL" ? "LOW" : level, includeThoughts }
  }
  // Also for an id without a number, such as "gemini-flash-latest": 3 still understands a budget.
  return { thinkingBudget: (isPro ? proBudgets : budgets)[effort], includeThoughts }
}

const levels = {
  none: "MINIMAL",
  minimal: "MINIMAL",
  low: "LOW",
  medium: "MEDIUM",
  high: "HIGH",
  xhigh: "HIGH"
} as const

/** In tokens. */
const budgets = {
  none: 0,
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576
} as const

const proBudgets = { ...budgets, none: 128, xhigh: 32_768 } as const
