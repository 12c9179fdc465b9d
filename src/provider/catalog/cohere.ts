import { cohere as dialect } from "../../protocol/cohere/mod.ts"
import { bearer, type Provider } from "../Provider.ts"
import { cohereModels } from "./models/cohere.ts"

/** Cohere, by version 2 of its API. */
export const cohere: Provider = {
  id: "cohere",
  name: "Cohere",
  dialect,
  baseUrl: "https://api.cohere.com",
  environment: { apiKey: ["COHERE_API_KEY", "CO_API_KEY"], baseUrl: "CO_API_URL" },
  authorize: bearer,
  models: cohereModels,
  pricing: "cohere"
}
