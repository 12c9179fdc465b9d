import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"

/** OpenRouter: serves what it says it serves. */
export const openrouter: Provider = {
  id: "openrouter",
  name: "OpenRouter",
  dialect: dialect({ reasoningField: "reasoning", topK: true, unsupported: ["n"] }),
  baseUrl: "https://openrouter.ai/api/v1",
  environment: { apiKey: ["OPENROUTER_API_KEY"], baseUrl: undefined },
  authorize: bearer,
  models: [],
  pricing: "openrouter"
}
