import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"
import { xaiModels } from "./models/xai.ts"

const refusedWhileReasoning = ["presence_penalty", "frequency_penalty", "stop"] as const

/** xAI: serves what it says it serves. */
export const xai: Provider = {
  id: "xai",
  name: "xAI",
  dialect: dialect({
    maxTokensField: "max_completion_tokens",
    messageNames: false,
    modelRefusals: [
      { models: /non-reasoning|^grok-(?:2|3(?!-mini))/, parameters: [] },
      { models: /^grok-3-mini/, parameters: refusedWhileReasoning },
      // These always reason, and take no word on how hard.
      {
        models: /^grok-(?:4(?![.\d])|4-|4\.20|code)/,
        parameters: [...refusedWhileReasoning, "reasoning_effort"]
      },
      { models: /^grok-/, parameters: refusedWhileReasoning }
    ],
    mostStops: 4
  }),
  baseUrl: "https://api.x.ai/v1",
  environment: { apiKey: ["XAI_API_KEY"], baseUrl: undefined },
  authorize: bearer,
  models: xaiModels,
  pricing: "x-ai",
  ignores: /image|imagine|video/
}
