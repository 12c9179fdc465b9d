/**
 * The models of Google, as the Gemini API serves them.
 *
 * Ids: the model union of the npm package `@google/genai` 3.1.0 and the price list
 * `@pydantic/genai-prices` 0.1.8. Limits and refusals: ai.google.dev (models, deprecations,
 * changelog) and models.dev, read on 2026-11-22. Then retired: gemini-pro, gemini-3-pro-preview
 * (2026-03-09). Google itself answers gemini-3.5-flash with gemini-3.6-flash, and will answer
 * gemini-2.5-pro and gemini-2.5-flash with successors, at their prices, from 2026-12-01.
 *
 * @module
 */
import { alias, type ModelSpec } from "../../../domain/Model.ts"

const gemini = {
  capabilities: ["text-generation", "conversation", "vision", "tools", "json-schema", "reasoning"],
  // "Penalty is not enabled for this model": so since Gemini 2.5.
  unsupportedParameters: ["presence_penalty", "frequency_penalty"],
  contextWindow: 1_048_576,
  maxOutputTokens: 65_536
} satisfies Partial<ModelSpec>

/** The newer ones leave sampling parameters unheeded, without a word: here they are refused instead. */
const unsampled = {
  ...gemini,
  unsupportedParameters: [...gemini.unsupportedParameters, "temperature", "top_p"]
} satisfies Partial<ModelSpec>

const embedding = { capabilities: ["embeddings"] } satisfies Partial<ModelSpec>

const pro31: ModelSpec = {
  ...gemini,
  id: "gemini-3.1-pro-preview",
  name: "Gemini 3.1 Pro Preview"
}
const flash36: ModelSpec = { ...unsampled, id: "gemini-3.6-flash", name: "Gemini 3.6 Flash" }

/** The models of Google; `gemini-pro` is served by the newest Pro that takes a temperature. */
export const googleModels: ReadonlyArray<ModelSpec> = [
  alias(pro31, "gemini-pro", "Google Gemini Pro"),
  { ...gemini, id: "gemini-2.5-pro", name: "Gemini 2.5 Pro" },
  { ...gemini, id: "gemini-2.5-flash", name: "Gemini 2.5 Flash" },
  { ...gemini, id: "gemini-2.5-flash-lite", name: "Gemini 2.5 Flash-Lite" },
  alias(pro31, "gemini-3-pro-preview", "Gemini 3 Pro Preview"),
  { ...gemini, id: "gemini-3-flash-preview", name: "Gemini 3 Flash Preview" },
  pro31,
  { ...gemini, id: "gemini-3.1-flash-lite", name: "Gemini 3.1 Flash-Lite" },
  alias(flash36, "gemini-3.5-flash", "Gemini 3.5 Flash"),
  { ...unsampled, id: "gemini-3.5-flash-lite", name: "Gemini 3.5 Flash-Lite" },
  flash36,
  { ...unsampled, id: "gemini-3.7-flash", name: "Gemini 3.7 Flash" },
  { ...unsampled, id: "gemini-3.8-flash", name: "Gemini 3.8 Flash" },
  { ...unsampled, id: "gemini-4-argon", name: "Gemini 4 Argon" },
  { ...unsampled, id: "gemini-4-carbon", name: "Gemini 4 Carbon" },
  { ...embedding, id: "gemini-embedding-001", name: "Gemini Embedding", contextWindow: 2048 },
  { ...embedding, id: "gemini-embedding-2", name: "Gemini Embedding 2", contextWindow: 8192 }
]
