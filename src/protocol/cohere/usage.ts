/**
 * How Cohere counts tokens.
 *
 * @module
 */
import type { Usage } from "../../domain/Usage.ts"
import { count, object } from "../json.ts"

/**
 * The counts in a `usage`; absent where they make no sense. What a model reads is more than what is
 * billed: Cohere's own instructions are among it.
 */
export const readUsage = (value: unknown): Usage | undefined => {
  const usage = object(value)
  const tokens = object(usage?.tokens)
  const billed = object(usage?.billed_units)
  const billedPrompt = count(billed?.input_tokens)
  const billedCompletion = count(billed?.output_tokens)
  const promptTokens = count(tokens?.input_tokens) ?? billedPrompt
  const completionTokens = count(tokens?.output_tokens) ?? billedCompletion
  if (promptTokens === undefined || completionTokens === undefined) return undefined
  return {
    promptTokens,
    completionTokens,
    cachedTokens: Math.min(count(usage?.cached_tokens) ?? 0, promptTokens),
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: "reported",
    ...(billedPrompt === undefined || billedCompletion === undefined
      ? {}
      : { billed: { promptTokens: billedPrompt, completionTokens: billedCompletion } })
  }
}
