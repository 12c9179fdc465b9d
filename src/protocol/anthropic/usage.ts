/**
 * Anthropic's counts of tokens.
 *
 * @module
 */
import type { Usage } from "../../domain/Usage.ts"
import { count, object, string } from "../json.ts"

/** What was counted in one answer so far. */
export interface Counts {
  /** Takes in a report: what it counts replaces what was known, the rest stands. */
  readonly report: (usage: unknown) => void
  /** All reports together; absent as long as the tokens read or written are not known. */
  readonly usage: () => Usage | undefined
}

/** Starts to count for one answer. */
export const counts = (): Counts => {
  let input: number | undefined
  let output: number | undefined
  let cacheRead = 0
  let cacheWrite = 0
  let longCacheWrite = 0
  let tier: string | undefined
  let speed: string | undefined
  let thinking = 0
  return {
    report: (usage) => {
      const fields = object(usage)
      if (fields === undefined) return
      input = count(fields.input_tokens) ?? input
      output = count(fields.output_tokens) ?? output
      cacheRead = count(fields.cache_read_input_tokens) ?? cacheRead
      cacheWrite = count(fields.cache_creation_input_tokens) ?? cacheWrite
      longCacheWrite = count(object(fields.cache_creation)?.ephemeral_1h_input_tokens) ??
        longCacheWrite
      tier = string(fields.service_tier) ?? tier
      speed = string(fields.speed) ?? speed
      thinking = count(object(fields.output_tokens_details)?.thinking_tokens) ?? thinking
    },
    usage: () =>
      input === undefined || output === undefined ? undefined : {
        // Anthropic counts apart what it read from or wrote into its cache.
        promptTokens: input + cacheRead + cacheWrite,
        completionTokens: output,
        cachedTokens: cacheRead,
        cacheWriteTokens: cacheWrite,
        reasoningTokens: Math.min(thinking, output),
        source: "reported",
        ...(longCacheWrite > 0
          ? { longCacheWriteTokens: Math.min(longCacheWrite, cacheWrite) }
          : {}),
        ...special(speed) ?? special(tier)
      }
  }
}

/** A tier, or a speed, that has prices of its own. */
const special = (tier: string | undefined): Pick<Usage, "tier"> | undefined =>
  tier === undefined || tier === "standard" ? undefined : { tier }
