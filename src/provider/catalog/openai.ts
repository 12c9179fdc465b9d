import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"
import { openaiModels } from "./models/openai.ts"

/** OpenAI. */
export const openai: Provider = {
  id: "openai",
  name: "OpenAI",
  dialect: dialect({ maxTokensField: "max_completion_tokens", userField: "safety_identifier" }),
  baseUrl: "https://api.openai.com/v1",
  environment: { apiKey: ["OPENAI_API_KEY"], baseUrl: "OPENAI_BASE_URL" },
  authorize: bearer,
  models: openaiModels,
  pricing: "openai"
}
