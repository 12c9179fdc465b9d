/**
 * Bedrock's counts of tokens.
 *
 * @module
 */
import type { Usage } from "../../domain/Usage.ts"
import { array, count, object } from "../json.ts"

/** What `usage` counts; absent where the tokens read or written are not in it. */
export const toUsage = (usage: unknown): Usage | undefined => {
  const fields = object(usage)
  const input = count(fields?.inputTokens)
  const output = count(fields?.outputTokens)
  if (input === undefined || output === undefined) return undefined
  const cachedTokens = count(fields?.cacheReadInputTokens) ?? 0
  const cacheWriteTokens = count(fields?.cacheWriteInputTokens) ?? 0
  const longCacheWriteTokens = array(fields?.cacheDetails)
    .map(object)
    .reduce((sum, part) => sum + (part?.ttl === "1h" ? count(part.inputTokens) ?? 0 : 0), 0)
  return {
    // Bedrock counts apart what it read from or wrote into its cache.
    promptTokens: input + cachedTokens + cacheWriteTokens,
    completionTokens: output,
    cachedTokens,
    cacheWriteTokens,
    // It does not say which of them were thoughts.
    reasoningTokens: 0,
    source: "reported",
    ...(longCacheWriteTokens > 0
      ? { longCacheWriteTokens: Math.min(longCacheWriteTokens, cacheWriteTokens) }
      : {})
  }
}
