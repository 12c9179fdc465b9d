import * as Redacted from "effect/Redacted"
import { anthropic as dialect } from "../../protocol/anthropic/mod.ts"
import type { Provider } from "../Provider.ts"
import { anthropicModels } from "./models/anthropic.ts"

/** Anthropic. */
export const anthropic: Provider = {
  id: "anthropic",
  name: "Anthropic",
  dialect,
  baseUrl: "https://api.anthropic.com",
  environment: { apiKey: ["ANTHROPIC_API_KEY"], baseUrl: "ANTHROPIC_BASE_URL" },
  authorize: (apiKey) => ({
    "anthropic-version": "2023-06-01",
    "x-api-key": Redacted.value(apiKey)
  }),
  models: anthropicModels,
  pricing: "anthropic",
  // Where `inference_geo` keeps it in the United States. `fast` and `priority` differ by model.
  tierShares: { us: 1.1 },
  perSearch: 0.01
}
