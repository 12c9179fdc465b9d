import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"

/** Fireworks AI: serves what it says it serves. */
export const fireworks: Provider = {
  id: "fireworks",
  name: "Fireworks AI",
  dialect: dialect({ mostStops: 4, reasoningField: "reasoning_content", topK: true }),
  baseUrl: "https://api.fireworks.ai/inference/v1",
  environment: { apiKey: ["FIREWORKS_API_KEY"], baseUrl: undefined },
  authorize: bearer,
  models: [],
  pricing: "fireworks"
}
