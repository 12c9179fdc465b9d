import * as Redacted from "effect/Redacted"
import { gemini as dialect } from "../../protocol/gemini/mod.ts"
import type { Provider } from "../Provider.ts"
import { googleModels } from "./models/google.ts"

/** Google, by the Gemini API. The key goes in a header: an address ends up in logs. */
export const google: Provider = {
  id: "google",
  name: "Google",
  dialect,
  baseUrl: "https://generativelanguage.googleapis.com",
  environment: { apiKey: ["GEMINI_API_KEY", "GOOGLE_API_KEY"], baseUrl: "GEMINI_BASE_URL" },
  authorize: (apiKey) => ({ "x-goog-api-key": Redacted.value(apiKey) }),
  models: googleModels,
  pricing: "google",
  // `priority` is 75 to 100 % dearer: by how much, nobody tells.
  tierShares: { flex: 0.5 }
}
