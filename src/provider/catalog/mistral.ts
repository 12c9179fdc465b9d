import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"

/** Mistral: serves what it says it serves. */
export const mistral: Provider = {
  id: "mistral",
  name: "Mistral",
  dialect: dialect({ streamUsage: false, userField: "none", seedField: "random_seed" }),
  baseUrl: "https://api.mistral.ai/v1",
  environment: { apiKey: ["MISTRAL_API_KEY"], baseUrl: undefined },
  authorize: bearer,
  models: [],
  pricing: "mistral",
  discovers: true
}
