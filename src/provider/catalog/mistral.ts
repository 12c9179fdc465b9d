import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"

/** Mistral: serves what it says it serves. */
export const mistral: Provider = {
  id: "mistral",
  name: "Mistral",
  dialect: dialect({
    dimensionsField: "output_dimension",
    messageNames: false,
    namedToolChoice: false,
    requiredToolChoice: "any",
    seedField: "random_seed",
    shortToolCallIds: true,
    streamUsage: false,
    unsupported: ["logprobs"],
    userField: "none"
  }),
  baseUrl: "https://api.mistral.ai/v1",
  environment: { apiKey: ["MISTRAL_API_KEY"], baseUrl: undefined },
  authorize: bearer,
  models: [{
    id: "mistral-embed",
    name: "Mistral Embed",
    contextWindow: 8192,
    capabilities: ["embeddings"]
  }],
  pricing: "mistral"
}
