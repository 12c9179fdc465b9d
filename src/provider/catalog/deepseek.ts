import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"
import { deepseekModels } from "./models/deepseek.ts"

/** DeepSeek: serves what it says it serves. */
export const deepseek: Provider = {
  id: "deepseek",
  name: "DeepSeek",
  dialect: dialect({
    jsonFormats: ["json_object"],
    mostStops: 16,
    reasoningField: "reasoning_content",
    reasoningSwitch: "thinking",
    unsupported: ["n"],
    userField: "user_id"
  }),
  baseUrl: "https://api.deepseek.com/v1",
  environment: { apiKey: ["DEEPSEEK_API_KEY"], baseUrl: undefined },
  authorize: bearer,
  models: deepseekModels,
  pricing: "deepseek"
}
