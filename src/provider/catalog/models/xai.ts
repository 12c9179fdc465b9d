/**
 * The models of xAI that are surely there; it lists the rest, but only their ids.
 *
 * Ids and windows: the price list `@pydantic/genai-prices` 0.1.8. Capabilities: docs.x.ai and Google's
 * page on Grok, read on 2026-11-23. What they refuse is a quirk of xAI's dialect.
 *
 * @module
 */
import type { ModelSpec } from "../../../domain/Model.ts"

const grok = (version: string, contextWindow: number): ModelSpec => ({
  id: `grok-${version}`,
  name: `Grok ${version}`,
  contextWindow,
  capabilities: ["text-generation", "conversation", "vision", "tools", "json-schema", "reasoning"]
})

/** The models of xAI. */
export const xaiModels: ReadonlyArray<ModelSpec> = [
  grok("4.3", 1_000_000),
  grok("4.5", 500_000),
  grok("4.6", 500_000)
]
