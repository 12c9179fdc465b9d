import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"

/** Groq: serves what it says it serves. */
export const groq: Provider = {
  id: "groq",
  name: "Groq",
  dialect: dialect({
    maxTokensField: "max_completion_tokens",
    messageNames: false,
    mostStops: 4,
    reasoningField: "reasoning",
    unsupported: ["n", "logprobs"]
  }),
  baseUrl: "https://api.groq.com/openai/v1",
  basePath: "/openai/v1",
  environment: { apiKey: ["GROQ_API_KEY"], baseUrl: "GROQ_BASE_URL" },
  authorize: bearer,
  models: [],
  pricing: "groq",
  tierShares: { flex: 1 },
  ignores: /whisper|tts|orpheus|prompt-guard/
}
