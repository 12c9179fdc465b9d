/**
 * Models on Amazon Bedrock.
 *
 * Ids: the inference profiles of Bedrock's user guide, models.dev and the price list
 * `@pydantic/genai-prices` 0.1.8, read on 2026-11-23. Claude is the same there as at Anthropic, whose
 * limits and refusals hold. Others: docs.aws.amazon.com (Nova and Bedrock user guides). Vectors: there
 * under `titan-embedding-models`, `model-parameters-embed-v3` and `-v4`; prices of theirs that the
 * list lacks: aws.amazon.com/bedrock/pricing and BerriAI/litellm (`model_prices`).
 *
 * @module
 */
import type { ModelSpec } from "../../../domain/Model.ts"
import { anthropicModels } from "./anthropic.ts"

/** Claude `anthropicId` by its global profile, which any commercial region reaches. */
const claude = (anthropicId: string, profile: string): ReadonlyArray<ModelSpec> => {
  const known = anthropicModels.find(({ id, aliasOf }) => id === anthropicId && !aliasOf)
  if (known === undefined) return []
  const { rates: _, ...spec } = known
  return [{ ...spec, id: `global.anthropic.${profile}`, name: `${spec.name} on Bedrock` }]
}

/** Converse tells them neither. */
const plain = {
  capabilities: ["text-generation", "conversation", "tools"],
  unsupportedParameters: ["top_k", "reasoning_effort", "response_format"]
} satisfies Partial<ModelSpec>

const nova = {
  capabilities: ["text-generation", "conversation", "vision", "tools"],
  unsupportedParameters: ["reasoning_effort", "response_format"],
  contextWindow: 300_000,
  maxOutputTokens: 10_000
} satisfies Partial<ModelSpec>

const cohere4 = {
  capabilities: ["embeddings"],
  contextWindow: 128_000,
  rates: { input: 0.12, output: 0 }
} satisfies Partial<ModelSpec>

const cohere3 = {
  capabilities: ["embeddings"],
  contextWindow: 512,
  rates: { input: 0.1, output: 0 }
} satisfies Partial<ModelSpec>

/** Models on Amazon Bedrock; others, and other regions' profiles, are configured by their ids. */
export const bedrockModels: ReadonlyArray<ModelSpec> = [
  ...claude("claude-haiku-4-5", "claude-haiku-4-5-20251001-v1:0"),
  ...claude("claude-sonnet-4-5", "claude-sonnet-4-5-20250929-v1:0"),
  ...claude("claude-sonnet-4-6", "claude-sonnet-4-6"),
  ...claude("claude-opus-4-5", "claude-opus-4-5-20251101-v1:0"),
  ...claude("claude-opus-4-6", "claude-opus-4-6-v1"),
  ...claude("claude-opus-4-7", "claude-opus-4-7"),
  ...claude("claude-opus-4-8", "claude-opus-4-8"),
  ...claude("claude-sonnet-5", "claude-sonnet-5"),
  ...claude("claude-opus-5", "claude-opus-5"),
  ...claude("claude-fable-5", "claude-fable-5"),
  {
    ...nova,
    id: "amazon.nova-micro-v1:0",
    name: "Amazon Nova Micro",
    capabilities: ["text-generation", "conversation", "tools"],
    contextWindow: 128_000
  },
  { ...nova, id: "amazon.nova-lite-v1:0", name: "Amazon Nova Lite" },
  { ...nova, id: "amazon.nova-pro-v1:0", name: "Amazon Nova Pro" },
  {
    ...nova,
    id: "us.amazon.nova-premier-v1:0",
    name: "Amazon Nova Premier",
    contextWindow: 1_000_000
  },
  {
    id: "global.amazon.nova-2-lite-v1:0",
    name: "Amazon Nova 2 Lite",
    capabilities: ["text-generation", "conversation", "vision", "tools", "reasoning"],
    unsupportedParameters: ["response_format"],
    defaultReasoningEffort: "none",
    contextWindow: 1_000_000,
    maxOutputTokens: 64_000
  },
  {
    ...plain,
    id: "us.meta.llama3-3-70b-instruct-v1:0",
    name: "Llama 3.3 70B Instruct",
    contextWindow: 128_000,
    maxOutputTokens: 8192
  },
  {
    ...plain,
    id: "us.meta.llama4-maverick-17b-instruct-v1:0",
    name: "Llama 4 Maverick 17B Instruct",
    capabilities: ["text-generation", "conversation", "vision", "tools"],
    contextWindow: 1_000_000,
    maxOutputTokens: 8192
  },
  {
    ...plain,
    id: "us.meta.llama4-scout-17b-instruct-v1:0",
    name: "Llama 4 Scout 17B Instruct",
    capabilities: ["text-generation", "conversation", "vision", "tools"],
    contextWindow: 3_500_000,
    maxOutputTokens: 8192
  },
  {
    id: "amazon.titan-embed-text-v2:0",
    name: "Amazon Titan Text Embeddings V2",
    capabilities: ["embeddings"],
    contextWindow: 8192,
    // The price list takes it for the first, which is five times as dear.
    rates: { input: 0.02, output: 0 }
  },
  {
    id: "amazon.titan-embed-text-v1",
    name: "Amazon Titan Embeddings G1 - Text",
    capabilities: ["embeddings"],
    contextWindow: 8192
  },
  { ...cohere4, id: "cohere.embed-v4:0", name: "Cohere Embed 4" },
  { ...cohere4, id: "global.cohere.embed-v4:0", name: "Cohere Embed 4, global" },
  { ...cohere3, id: "cohere.embed-english-v3", name: "Cohere Embed 3 English" },
  { ...cohere3, id: "cohere.embed-multilingual-v3", name: "Cohere Embed 3 Multilingual" }
]
