/**
 * Tokens, as Anthropic counts them: apart, where they came from its cache or went there.
 *
 * @module
 */
import type { Usage } from "../../domain/Usage.ts"

/** What an answer took; as long as nobody has counted, nothing. */
export const toUsage = (usage: Usage | undefined) => {
  const {
    promptTokens = 0,
    completionTokens = 0,
    cachedTokens = 0,
    cacheWriteTokens = 0,
    reasoningTokens = 0
  } = usage ?? {}
  return {
    input_tokens: Math.max(0, promptTokens - cachedTokens - cacheWriteTokens),
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedTokens,
    output_tokens: completionTokens,
    ...(reasoningTokens === 0
      ? {}
      : { output_tokens_details: { thinking_tokens: reasoningTokens } })
  }
}
