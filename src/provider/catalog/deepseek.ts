import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"

/** DeepSeek: serves what it says it serves. */
export const deepseek: Provider = {
  id: "deepseek",
  name: "DeepSeek",
  dialect: dialect({ reasoningField: "reasoning_content" }),
  baseUrl: "https://api.deepseek.com/v1",
  environment: { apiKey: ["DEEPSEEK_API_KEY"], baseUrl: undefined },
  authorize: bearer,
  models: [],
  pricing: "deepseek",
  discovers: true
}
