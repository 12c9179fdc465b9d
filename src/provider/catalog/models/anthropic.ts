/**
 * The models of Anthropic.
 *
 * Ids: `Model` of the npm package `@anthropic-ai/sdk` 1.12.0 and the price list
 * `@pydantic/genai-prices` 0.1.8. Limits and refusals: platform.claude.com (models, migration
 * guides), models.dev and the release notes of `@effect/ai-anthropic`, read on 2026-11-22. Then
 * retired: every Claude 3, Claude 4.0 and 4.1. Announced: claude-sonnet-4-5 (2026-11-30).
 *
 * @module
 */
import { alias, type ModelSpec } from "../../../domain/Model.ts"

const common = {
  capabilities: ["text-generation", "conversation", "vision", "tools", "json-schema", "reasoning"]
} satisfies Partial<ModelSpec>

/** Up to Claude 4.6 a request has a temperature or a top_p, but not both. */
const sampled = {
  ...common,
  exclusiveParameters: ["temperature", "top_p"],
  defaultReasoningEffort: "none"
} satisfies Partial<ModelSpec>

/** From Opus 4.7 and Sonnet 5 on there is no sampling to steer. */
const unsampled = {
  ...common,
  unsupportedParameters: ["temperature", "top_p"],
  prefill: false,
  contextWindow: 1_000_000,
  maxOutputTokens: 128_000
} satisfies Partial<ModelSpec>

/** Claude 4.5: the last that go on with an assistant message, but not within a JSON schema. */
const small = {
  ...sampled,
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
  prefill: true,
  refusedWithPrefill: ["response_format"]
} satisfies Partial<ModelSpec>

const large = {
  ...sampled,
  prefill: false,
  contextWindow: 1_000_000,
  maxOutputTokens: 128_000
}

const sonnet46: ModelSpec = { ...large, id: "claude-sonnet-4-6", name: "Claude Sonnet 4.6" }

/** The models of Anthropic; `claude-3` is served by the newest Sonnet that takes a temperature. */
export const anthropicModels: ReadonlyArray<ModelSpec> = [
  alias(sonnet46, "claude-3", "Claude 3"),
  { ...small, id: "claude-haiku-4-5", name: "Claude Haiku 4.5" },
  { ...small, id: "claude-sonnet-4-5", name: "Claude Sonnet 4.5" },
  sonnet46,
  { ...small, id: "claude-opus-4-5", name: "Claude Opus 4.5" },
  { ...large, id: "claude-opus-4-6", name: "Claude Opus 4.6" },
  { ...unsampled, id: "claude-opus-4-7", name: "Claude Opus 4.7" },
  { ...unsampled, id: "claude-opus-4-8", name: "Claude Opus 4.8" },
  { ...unsampled, id: "claude-sonnet-5", name: "Claude Sonnet 5" },
  { ...unsampled, id: "claude-opus-5", name: "Claude Opus 5" },
  { ...unsampled, id: "claude-fable-5", name: "Claude Fable 5" },
  { ...unsampled, id: "claude-fable-5-1", name: "Claude Fable 5.1" },
  { ...unsampled, id: "claude-opus-5-5", name: "Claude Opus 5.5" },
  {
    ...unsampled,
    id: "claude-sonnet-5-5",
    name: "Claude Sonnet 5.5",
    // Since 2026-10-07; the list has it not, but would take it for Sonnet 5.
    rates: { input: 2, output: 10, cachedInput: 0.1, cacheWrite: 2.5, longCacheWrite: 4 }
  },
  {
    ...unsampled,
    id: "claude-haiku-5-5",
    name: "Claude Haiku 5.5",
    rates: {
      input: 0.1,
      output: 0.5,
      cachedInput: 0.01,
      cacheWrite: 0.125,
      longCacheWrite: 0.2,
      tiers: [{
        overPromptTokens: 100_000,
        input: 0.5,
        output: 2.5,
        cachedInput: 0.05,
        cacheWrite: 0.625,
        longCacheWrite: 1
      }]
    }
  }
]
