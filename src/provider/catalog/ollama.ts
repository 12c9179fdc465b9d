import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"

/** Ollama, on this machine unless configured otherwise: its models appear if it answers. */
export const ollama: Provider = {
  id: "ollama",
  name: "Ollama",
  dialect: dialect({ reasoningField: "reasoning", unsupported: ["n", "tool_choice"] }),
  baseUrl: "http://127.0.0.1:11434",
  basePath: "/v1",
  environment: { apiKey: [], baseUrl: "OLLAMA_BASE_URL" },
  authorize: bearer,
  models: []
}
