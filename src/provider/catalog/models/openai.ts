/**
 * The models of OpenAI, as far as Chat Completions serves them.
 *
 * Ids: `ChatModel` of the npm package `openai` 7.57.0 and the price list `@pydantic/genai-prices`
 * 0.1.8. Limits and refusals: developers.openai.com (models, deprecations, guides/latest-model,
 * guides/deployment-checklist) and models.dev, read on 2026-11-22. Then retired: gpt-4,
 * gpt-3.5-turbo, o4-mini, gpt-4.1-nano (2026-10-23). Announced: gpt-5, gpt-5-mini, gpt-5-nano, o3
 * (2026-12-11); gpt-4o, gpt-4.1 and their minis (2027-01-14); gpt-5.1, gpt-5.4-nano (2027-04-01).
 *
 * @module
 */
import {
  alias,
  type Capability,
  type ModelSpec,
  type ParameterName
} from "../../../domain/Model.ts"

const chatting: ReadonlyArray<Capability> = [
  "text-generation",
  "conversation",
  "vision",
  "tools",
  "json-schema"
]
const reasoning: ReadonlyArray<Capability> = [...chatting, "reasoning"]
const reasoningWithoutTools = reasoning.filter((capability) => capability !== "tools")

const sampling: ReadonlyArray<ParameterName> = ["temperature", "top_p"]
const steering: ReadonlyArray<ParameterName> = ["presence_penalty", "frequency_penalty", "stop"]
const tools: ReadonlyArray<ParameterName> = ["tools", "tool_choice"]

/** GPT-4o and GPT-4.1: they take every parameter but an effort. */
const plain = {
  capabilities: chatting,
  unsupportedParameters: ["reasoning_effort"]
} satisfies Partial<ModelSpec>

/** The o-series and GPT-5: they always reason. */
const thinking = {
  capabilities: reasoning,
  unsupportedParameters: [...sampling, ...steering],
  defaultReasoningEffort: "medium"
} satisfies Partial<ModelSpec>

/** GPT-5.1 to 5.5: they reason or not, and only without it take sampling parameters. */
const adjustable = {
  capabilities: reasoning,
  unsupportedParameters: steering,
  refusedWhileReasoning: sampling,
  defaultReasoningEffort: "none",
  maxOutputTokens: 128_000
} satisfies Partial<ModelSpec>

/** From GPT-5.6 on: Chat Completions gives them tools only without reasoning, which is their default. */
const latest = {
  capabilities: reasoning,
  unsupportedParameters: steering,
  refusedWhileReasoning: [...sampling, ...tools],
  defaultReasoningEffort: "medium",
  contextWindow: 1_050_000,
  maxOutputTokens: 128_000
} satisfies Partial<ModelSpec>

/** The GPT-6 models that cannot but reason: Chat Completions gives them no tools at all. */
const deep = {
  ...latest,
  capabilities: reasoningWithoutTools,
  unsupportedParameters: [...steering, ...sampling, ...tools],
  refusedWhileReasoning: []
} satisfies Partial<ModelSpec>

const gpt41 = { ...plain, contextWindow: 1_047_576, maxOutputTokens: 32_768 }
const gpt4o = { ...plain, contextWindow: 128_000, maxOutputTokens: 16_384 }
const gpt5 = { ...thinking, contextWindow: 400_000, maxOutputTokens: 128_000 }

/** GPT-5.4 refuses tools together with an effort, but its default effort is none. */
const gpt54 = { ...adjustable, refusedWhileReasoning: [...sampling, ...tools] }

const embedding = {
  capabilities: ["embeddings"],
  contextWindow: 8192
} satisfies Partial<ModelSpec>

const gpt54Flagship: ModelSpec = {
  ...gpt54,
  id: "gpt-5.4",
  name: "GPT-5.4",
  contextWindow: 1_050_000
}
const gpt54Mini: ModelSpec = {
  ...gpt54,
  id: "gpt-5.4-mini",
  name: "GPT-5.4 mini",
  contextWindow: 400_000
}
const gpt54Nano: ModelSpec = {
  ...gpt54,
  id: "gpt-5.4-nano",
  name: "GPT-5.4 nano",
  contextWindow: 400_000
}
const gpt56Terra: ModelSpec = { ...latest, id: "gpt-5.6-terra", name: "GPT-5.6 Terra" }

/**
 * The models of OpenAI. What it retired is served by a successor that takes the same parameters,
 * temperature above all: programs written for the old model send one. The newest do not take it.
 */
export const openaiModels: ReadonlyArray<ModelSpec> = [
  alias(gpt54Flagship, "gpt-4", "GPT-4"),
  alias(gpt54Mini, "gpt-3.5-turbo", "GPT-3.5 Turbo"),
  { ...gpt4o, id: "gpt-4o", name: "GPT-4o" },
  { ...gpt4o, id: "gpt-4o-mini", name: "GPT-4o mini" },
  { ...gpt41, id: "gpt-4.1", name: "GPT-4.1" },
  { ...gpt41, id: "gpt-4.1-mini", name: "GPT-4.1 mini" },
  alias(gpt54Nano, "gpt-4.1-nano", "GPT-4.1 nano"),
  { ...thinking, id: "o3", name: "o3", contextWindow: 200_000, maxOutputTokens: 100_000 },
  alias(gpt56Terra, "o4-mini", "o4-mini"),
  { ...gpt5, id: "gpt-5", name: "GPT-5" },
  { ...gpt5, id: "gpt-5-mini", name: "GPT-5 mini" },
  { ...gpt5, id: "gpt-5-nano", name: "GPT-5 nano" },
  { ...adjustable, id: "gpt-5.1", name: "GPT-5.1", contextWindow: 400_000 },
  { ...adjustable, id: "gpt-5.2", name: "GPT-5.2", contextWindow: 400_000 },
  gpt54Flagship,
  gpt54Mini,
  gpt54Nano,
  {
    ...adjustable,
    id: "gpt-5.5",
    name: "GPT-5.5",
    contextWindow: 1_050_000,
    defaultReasoningEffort: "medium"
  },
  { ...latest, id: "gpt-5.6-sol", name: "GPT-5.6 Sol" },
  gpt56Terra,
  { ...latest, id: "gpt-5.6-luna", name: "GPT-5.6 Luna" },
  { ...deep, id: "gpt-6-astra", name: "GPT-6 Astra" },
  { ...latest, id: "gpt-6-sol", name: "GPT-6 Sol" },
  { ...latest, id: "gpt-6-luna", name: "GPT-6 Luna" },
  { ...deep, id: "gpt-6.1-sol", name: "GPT-6.1 Sol" },
  { ...latest, id: "gpt-6.1-terra", name: "GPT-6.1 Terra" },
  { ...embedding, id: "text-embedding-3-small", name: "Text Embedding 3 small" },
  { ...embedding, id: "text-embedding-3-large", name: "Text Embedding 3 large" }
]
