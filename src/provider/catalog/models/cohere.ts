/**
 * The models of Cohere.
 *
 * Ids and prices: the price list `@pydantic/genai-prices` 0.1.8. Limits: docs.cohere.com (models),
 * read on 2026-11-23. Whatever else it serves, it lists.
 *
 * @module
 */
import type { ModelSpec } from "../../../domain/Model.ts"

const chatting = {
  capabilities: ["text-generation", "conversation", "tools", "json-schema"],
  contextWindow: 128_000,
  maxOutputTokens: 4000
} satisfies Partial<ModelSpec>

/** The models of Cohere. */
export const cohereModels: ReadonlyArray<ModelSpec> = [
  {
    ...chatting,
    id: "command-a-03-2025",
    name: "Command A",
    contextWindow: 256_000,
    maxOutputTokens: 8000
  },
  { ...chatting, id: "command-r7b-12-2024", name: "Command R7B" },
  { ...chatting, id: "command-r-08-2024", name: "Command R" },
  { ...chatting, id: "command-r-plus-08-2024", name: "Command R+" },
  { id: "embed-v4.0", name: "Embed 4", capabilities: ["embeddings"], contextWindow: 128_000 }
]
