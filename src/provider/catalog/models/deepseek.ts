/**
 * The models of DeepSeek that are surely there; it lists the rest, but only their ids.
 *
 * Ids and windows: the price list `@pydantic/genai-prices` 0.1.8. Capabilities: api-docs.deepseek.com
 * and OpenRouter's pages, read on 2026-11-23; they differ on whether images are taken.
 *
 * @module
 */
import type { ModelSpec } from "../../../domain/Model.ts"

const v4 = {
  contextWindow: 1_000_000,
  capabilities: ["text-generation", "conversation", "tools", "reasoning"],
  unknownCapabilities: ["vision"]
} satisfies Partial<ModelSpec>

/** The models of DeepSeek. */
export const deepseekModels: ReadonlyArray<ModelSpec> = [
  { ...v4, id: "deepseek-v4-pro", name: "DeepSeek V4 Pro" },
  { ...v4, id: "deepseek-v4-flash", name: "DeepSeek V4 Flash" }
]
