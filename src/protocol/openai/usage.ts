/**
 * Usage as providers of this dialect report it.
 *
 * @module
 */
import type { Usage } from "../../domain/Usage.ts"
import { array, count, type Fields, object, string } from "../json.ts"

/** The usage that an answer or one of its chunks reports, wherever the provider puts it. */
export const readUsage = (chunk: Fields): Usage | undefined => {
  const found = object(chunk.usage) ??
    // Groq, in a stream.
    object(object(chunk.x_groq)?.usage) ??
    // Moonshot, in a stream.
    object(object(array(chunk.choices)[0])?.usage)
  const usage = found && toUsage(found)
  const tier = string(chunk.service_tier)
  return usage && tier !== undefined && !ordinary.has(tier) ? { ...usage, tier } : usage
}

/** What providers call the tier that has the prices that everybody knows. */
const ordinary: ReadonlySet<string> = new Set(["auto", "default", "standard", "on_demand"])

const toUsage = (reported: Fields): Usage | undefined => {
  const promptTokens = count(reported.prompt_tokens)
  const completionTokens = count(reported.completion_tokens)
  if (promptTokens === undefined || completionTokens === undefined) return undefined

  const prompt = object(reported.prompt_tokens_details)
  const cached = count(prompt?.cached_tokens) ?? count(reported.prompt_cache_hit_tokens) ??
    count(reported.cached_tokens) ?? 0
  const cachedTokens = Math.min(cached, promptTokens)
  const cacheWriteTokens = Math.min(
    count(prompt?.cache_write_tokens) ?? 0,
    promptTokens - cachedTokens
  )

  const reasoning = count(object(reported.completion_tokens_details)?.reasoning_tokens) ?? 0
  // Some, such as xAI, count the reasoning beside the completion; only the total gives it away.
  const isBeside = reported.total_tokens === promptTokens + completionTokens + reasoning
  const written = isBeside ? completionTokens + reasoning : completionTokens

  return {
    promptTokens,
    completionTokens: written,
    cachedTokens,
    cacheWriteTokens,
    reasoningTokens: Math.min(reasoning, written),
    source: "reported"
  }
}
