import type { ModelSpec } from "../../domain/Model.ts"
import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"

const sonar = (id: string, name: string, contextWindow: number): ModelSpec => ({
  id,
  name,
  contextWindow,
  capabilities: ["text-generation", "conversation", "vision", "json-schema"]
})

const sonarThatReasons = (id: string, name: string, contextWindow: number): ModelSpec => ({
  id,
  name,
  contextWindow,
  capabilities: ["text-generation", "conversation", "vision", "json-schema", "reasoning"]
})

/**
 * Perplexity: models that search the web. It has no list of them, and takes money for each search, so
 * nothing asks how it is but real requests.
 */
export const perplexity: Provider = {
  id: "perplexity",
  name: "Perplexity",
  dialect: dialect({
    jsonFormats: ["json_schema"],
    messageNames: false,
    streamUsage: false,
    unsupported: ["tools", "tool_choice", "parallel_tool_calls", "n", "seed", "stop", "logprobs"],
    userField: "none"
  }),
  baseUrl: "https://api.perplexity.ai",
  environment: { apiKey: ["PERPLEXITY_API_KEY"], baseUrl: "PERPLEXITY_BASE_URL" },
  authorize: bearer,
  models: [
    sonar("sonar", "Sonar", 128_000),
    sonar("sonar-pro", "Sonar Pro", 200_000),
    sonarThatReasons("sonar-reasoning-pro", "Sonar Reasoning Pro", 128_000),
    sonarThatReasons("sonar-deep-research", "Sonar Deep Research", 128_000)
  ],
  pricing: "perplexity",
  healthCheck: "none",
  discovers: false
}
