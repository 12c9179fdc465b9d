import * as Redacted from "effect/Redacted"
import { openai as dialect } from "../../protocol/openai/mod.ts"
import { byToken } from "../byToken.ts"
import { type Connection, isVisible, type Said } from "../Connection.ts"
import { entraToken } from "../entraToken.ts"
import { bearer, type Provider } from "../Provider.ts"

/**
 * Azure OpenAI: models are deployments, by the names that their owner gave them. What it lists is what
 * could be deployed, so they come from the configuration.
 */
export const azure: Provider = {
  id: "azure",
  name: "Azure OpenAI",
  dialect: dialect({
    developerRole: true,
    longestToolCallId: 40,
    maxTokensField: "max_completion_tokens",
    mostStops: 4,
    vectorFormat: "base64"
  }),
  baseUrl: "https://resource.openai.azure.com",
  needsAddress: true,
  environment: { apiKey: ["AZURE_OPENAI_API_KEY"], baseUrl: "AZURE_OPENAI_ENDPOINT" },
  authorize: (apiKey) => ({ "api-key": Redacted.value(apiKey) }),
  options: {
    api_version: {
      variables: ["AZURE_OPENAI_API_VERSION"],
      what: "the version of the API: with one, deployments stand in the path. Default: the v1 API"
    },
    token: {
      variables: ["AZURE_OPENAI_AD_TOKEN"],
      secret: true,
      what: "a token of Microsoft Entra, in place of a key; it is used as long as the process runs"
    },
    tenant_id: {
      variables: ["AZURE_TENANT_ID"],
      what: "with the next two, tokens are fetched from Microsoft Entra, and renewed"
    },
    client_id: { variables: ["AZURE_CLIENT_ID"], what: "the program that Entra knows" },
    client_secret: { variables: ["AZURE_CLIENT_SECRET"], secret: true, what: "its secret" },
    authority: {
      variables: ["AZURE_AUTHORITY_HOST"],
      default: "https://login.microsoftonline.com",
      what: "where Entra is; sovereign clouds have their own"
    },
    scope: {
      variables: [],
      default: "https://cognitiveservices.azure.com/.default",
      what: "what tokens are fetched for; sovereign clouds have their own"
    }
  },
  connect: (said) => {
    const { apiKey, baseUrl, options } = said
    if (baseUrl === undefined) return "has no address: set AZURE_OPENAI_ENDPOINT"
    const place = {
      // People also write where the v1 API is.
      baseUrl: baseUrl.replace(/\/openai(\/v1)?$/, ""),
      reroute: reroute(options.api_version && Redacted.value(options.api_version))
    }
    if (apiKey) return { ...place, headers: { "api-key": Redacted.value(apiKey) } }
    if (options.token && !isVisible(options.token)) {
      return "has a token of other than visible ASCII characters"
    }
    if (options.token) return { ...place, headers: bearer(options.token) }
    const signed = signedByEntra(said)
    return typeof signed === "string" ? signed : { ...place, headers: {}, ...signed }
  },
  models: [],
  pricing: "azure",
  discovers: false
}

const reroute = (version: string | undefined): NonNullable<Connection["reroute"]> => {
  if (version === undefined || version === "v1") return (path) => `/openai/v1${path}`
  const query = `?api-version=${escaped(version)}`
  if (version === "preview") return (path) => `/openai/v1${path}${query}`
  return (path, model) => `/openai${model && `/deployments/${escaped(model)}`}${path}${query}`
}

/** Half a character would make encodeURIComponent throw. */
const escaped = (text: string): string => encodeURIComponent(text.toWellFormed())

/** By a token that is fetched; or what is missing for that, in one sentence. */
const signedByEntra = ({ options }: Said): ReturnType<typeof byToken> | string => {
  const { tenant_id, client_id, client_secret, authority, scope } = options
  const wanted = {
    AZURE_TENANT_ID: tenant_id,
    AZURE_CLIENT_ID: client_id,
    AZURE_CLIENT_SECRET: client_secret
  }
  const missing = Object.entries(wanted).flatMap(([name, value]) => value ? [] : [name])
  if (missing.length === 3) {
    return "has no API key: set AZURE_OPENAI_API_KEY, or AZURE_TENANT_ID, AZURE_CLIENT_ID and " +
      "AZURE_CLIENT_SECRET, and start Penstock again"
  }
  if (!tenant_id || !client_id || !client_secret || !authority || !scope) {
    return `has no ${missing.join(" and no ")}, which tokens of Microsoft Entra need`
  }
  const address = URL.parse(Redacted.value(authority))
  if (address === null || !/^https?:$/.test(address.protocol)) {
    return "has an authority that is no address: it begins with https://"
  }
  if (address.username || address.password || address.search || address.hash) {
    return "has an authority with a user, password, query or fragment"
  }
  const token = entraToken({
    authority: address.href.replace(/\/+$/, ""),
    tenantId: Redacted.value(tenant_id),
    clientId: Redacted.value(client_id),
    clientSecret: client_secret,
    scope: Redacted.value(scope)
  })
  return byToken(token, [])
}
