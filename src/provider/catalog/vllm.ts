import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"

/** vLLM. It listens where Penstock does unless told otherwise, so its address has to be said. */
export const vllm: Provider = {
  id: "vllm",
  name: "vLLM",
  dialect: dialect({ reasoningField: "reasoning", topK: true }),
  baseUrl: "http://127.0.0.1:8001/v1",
  needsAddress: true,
  basePath: "/v1",
  environment: { apiKey: ["VLLM_API_KEY"], keyOptional: true, baseUrl: "VLLM_BASE_URL" },
  authorize: bearer,
  models: []
}
