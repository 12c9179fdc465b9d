import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"

/** Together AI: serves what it says it serves. Its `logprobs` is a number, and tells in other words. */
export const together: Provider = {
  id: "together",
  name: "Together AI",
  dialect: dialect({ topK: true, unsupported: ["logprobs"] }),
  baseUrl: "https://api.together.xyz/v1",
  basePath: "/v1",
  environment: { apiKey: ["TOGETHER_API_KEY"], baseUrl: "TOGETHER_BASE_URL" },
  authorize: bearer,
  models: [],
  pricing: "together"
}
