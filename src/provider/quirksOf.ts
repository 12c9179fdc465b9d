/**
 * Quirks in the words of `penstock.yaml`.
 *
 * @module
 */
import type { QuirkOptions } from "../config/ConfigFile.ts"
import type { OpenAiQuirks } from "../protocol/openai/mod.ts"

/** How a server differs, as the operator says. */
export const quirksOf = (options: QuirkOptions): OpenAiQuirks => ({
  maxTokensField: options.max_tokens_field,
  streamUsage: options.stream_usage,
  userField: options.user_field,
  seedField: options.seed_field,
  reasoningField: options.reasoning_field,
  reasoningSwitch: options.reasoning_switch,
  developerRole: options.developer_role,
  requiredToolChoice: options.required_tool_choice,
  namedToolChoice: options.named_tool_choice,
  shortToolCallIds: options.short_tool_call_ids,
  thoughtSignatures: options.thought_signatures,
  messageNames: options.message_names,
  jsonFormats: options.json_formats,
  mostStops: options.most_stops,
  topK: options.top_k,
  unsupported: options.unsupported
})
