import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"

/** LM Studio: serves what it says it serves, once its address is said. */
export const lmstudio: Provider = {
  id: "lmstudio",
  name: "LM Studio",
  dialect: dialect({
    jsonFormats: ["json_schema"],
    namedToolChoice: false,
    topK: true,
    unsupported: ["n"]
  }),
  baseUrl: "http://127.0.0.1:1234/v1",
  needsAddress: true,
  basePath: "/v1",
  environment: {
    apiKey: ["LM_STUDIO_API_KEY"],
    keyOptional: true,
    baseUrl: "LM_STUDIO_BASE_URL"
  },
  authorize: bearer,
  models: []
}
