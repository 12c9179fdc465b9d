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

  const reasoningTokens = Math.min(reasoning, written)
  const audioPrompt = Math.min(count(prompt?.audio_tokens) ?? 0, promptTokens - cacheWriteTokens)
  const audioWritten = Math.min(
    count(object(reported.completion_tokens_details)?.audio_tokens) ?? 0,
    written - reasoningTokens
  )
  const toldNanos = told(reported)
  return {
    promptTokens,
    completionTokens: written,
    cachedTokens,
    cacheWriteTokens,
    reasoningTokens,
    source: "reported",
    ...(audioPrompt + audioWritten > 0
      ? {
        media: {
          audioPrompt,
          // Nobody tells how much of it was cached: no more than does not fit elsewhere.
          cachedAudio: Math.max(0, cachedTokens + cacheWriteTokens + audioPrompt - promptTokens),
          audioWritten,
          imageWritten: 0
        }
      }
      : {}),
    ...(toldNanos === undefined ? {} : { toldNanos }),
    // xAI's, of which there is no price in the list.
    ...(count(reported.num_sources_used) ? { isUnpriceable: true } : {})
  }
}

/** What the provider says that it costs, in nano-dollars. Nobody else means the same by these fields. */
const told = (reported: Fields): number | undefined => {
  // xAI's ticks: ten billion to the dollar.
  const ticks = amount(reported.cost_in_usd_ticks, 1e-10)
  if (ticks !== undefined) return ticks
  const { cost, is_byok } = reported
  // Perplexity.
  if (object(cost)) return amount(object(cost)?.total_cost)
  // OpenRouter, which is paid in dollars. With a key of one's own, its cost is but the fee.
  if (typeof is_byok !== "boolean") return undefined
  const upstream = is_byok ? object(reported.cost_details)?.upstream_inference_cost : 0
  const [paid, owed] = [amount(cost), amount(upstream)]
  return paid === undefined || owed === undefined ? undefined : paid + owed
}

/** So many dollars, or what is `worth` so many, in whole nano-dollars; absurd sums are no money. */
const amount = (value: unknown, worth = 1): number | undefined => {
  const dollars = typeof value === "number" ? value * worth : Number.NaN
  return dollars >= 0 && dollars <= 1e6 ? Math.round(dollars * 1e9) : undefined
}
