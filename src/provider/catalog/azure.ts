import * as Redacted from "effect/Redacted"
import { openai as dialect } from "../../protocol/openai/mod.ts"
import type { Provider } from "../Provider.ts"

/** Azure OpenAI: models are deployments, by the names that their owner gave them. */
export const azure: Provider = {
  id: "azure",
  name: "Azure OpenAI",
  dialect: dialect({ maxTokensField: "max_completion_tokens", userField: "safety_identifier" }),
  baseUrl: "https://resource.openai.azure.com",
  environment: { apiKey: ["AZURE_OPENAI_API_KEY"], baseUrl: "AZURE_OPENAI_ENDPOINT" },
  authorize: (apiKey) => ({ "api-key": Redacted.value(apiKey) }),
  options: {
    api_version: {
      variables: ["AZURE_OPENAI_API_VERSION"],
      what: "the version of the API: with one, deployments stand in the path. Default: the v1 API"
    }
  },
  connect: ({ apiKey, baseUrl, options: { api_version: version } }) => {
    if (baseUrl === undefined) return "has no address: set AZURE_OPENAI_ENDPOINT"
    if (apiKey === undefined) return "has no API key: set AZURE_OPENAI_API_KEY"
    const query = version && `?api-version=${encodeURIComponent(Redacted.value(version))}`
    return {
      baseUrl,
      headers: { "api-key": Redacted.value(apiKey) },
      reroute: (path, model) => {
        if (query === undefined) return `/openai/v1${path}`
        const deployment = model && `/deployments/${encodeURIComponent(model)}`
        return `/openai${deployment}${path}${query}`
      }
    }
  },
  models: [],
  pricing: "azure"
}
