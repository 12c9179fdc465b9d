/**
 * Usage and cost, as clients of OpenAI's API are told.
 *
 * @module
 */
import { toDollars, totalNanos } from "../../domain/Cost.ts"
import type { Usage } from "../../domain/Usage.ts"
import type { Generated } from "../../gateway/whole.ts"

/** Usage as OpenAI counts: the parts are within the wholes. */
export const toUsage = (usage: Usage) => ({
  prompt_tokens: usage.promptTokens,
  completion_tokens: usage.completionTokens,
  total_tokens: usage.promptTokens + usage.completionTokens,
  prompt_tokens_details: {
    cached_tokens: usage.cachedTokens,
    ...(usage.cacheWriteTokens === 0 ? {} : { cache_write_tokens: usage.cacheWriteTokens })
  },
  completion_tokens_details: { reasoning_tokens: usage.reasoningTokens }
})

/** What a whole answer cost in US dollars, in a header, where its price is known. */
export const costHeaders = ({ cost }: Pick<Generated, "cost">): Readonly<Record<string, string>> =>
  cost === undefined
    ? {}
    : { "x-penstock-cost": toDollars(totalNanos(cost)).toFixed(9).replace(/\.?0+$/, "") }
