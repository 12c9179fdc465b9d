import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"
import { openaiModels } from "./models/openai.ts"

/** OpenAI. */
export const openai: Provider = {
  id: "openai",
  name: "OpenAI",
  dialect: dialect({
    developerRole: true,
    longestToolCallId: 40,
    maxTokensField: "max_completion_tokens",
    mostStops: 4,
    userField: "safety_identifier",
    vectorFormat: "base64"
  }),
  baseUrl: "https://api.openai.com/v1",
  environment: { apiKey: ["OPENAI_API_KEY"], baseUrl: "OPENAI_BASE_URL" },
  authorize: bearer,
  models: openaiModels,
  pricing: "openai",
  // "Tokens are priced at Batch API rates": half. What `priority` and `fast` cost differs by model.
  tierShares: { flex: 0.5 },
  ignores:
    /^(?:babbage|chatgpt-image|computer-use|dall-e|davinci|gpt-image|gpt-live|omni-moderation|sora|text-moderation|tts|whisper)|-(?:audio|image|realtime|transcribe|tts|whisper)(?:-|$)/
}
