/**
 * How Vertex AI is reached: where, and by what it is shown who asks.
 *
 * @module
 */
import * as Redacted from "effect/Redacted"
import { byToken } from "../byToken.ts"
import { type Connection, isVisible, type ProviderOption, type Said } from "../Connection.ts"
import { bearer } from "../Provider.ts"
import { readCredentials, secretsOf } from "./credentials.ts"
import { googleToken } from "./googleToken.ts"

/** What there is to say of Vertex AI. */
export const vertexOptions = {
  project: {
    variables: ["GOOGLE_CLOUD_PROJECT", "VERTEX_PROJECT"],
    what: "the id of the project. Default: the one of the credentials; a key needs none"
  },
  location: {
    variables: ["GOOGLE_CLOUD_LOCATION", "VERTEX_LOCATION"],
    default: "global",
    what: "where its models are, such as `europe-west4`, `eu` or `global`"
  },
  credentials: {
    variables: ["GOOGLE_CREDENTIALS_JSON", "VERTEX_CREDENTIALS_JSON"],
    secret: true,
    what: "the text of a JSON file of a service account, or of `gcloud auth application-default " +
      "login`: the text, and not where the file is"
  },
  access_token: {
    variables: ["VERTEX_ACCESS_TOKEN"],
    secret: true,
    what: "a token in place of credentials; it is used as long as the process runs"
  }
} satisfies Record<string, ProviderOption>

/** Reaches Vertex AI; or what is missing for that, in one sentence. */
export const connectVertex = ({ apiKey, baseUrl, options }: Said): Connection | string => {
  const { access_token: token, credentials: text } = options
  const credentials = text && readCredentials(text)
  if (typeof credentials === "string") return credentials
  const project = options.project && Redacted.value(options.project)
  const location = options.location ? Redacted.value(options.location) : "global"
  if (!/^[a-z0-9-]+$/.test(location)) {
    return "has a location that is none: it is like europe-west4, eu or global"
  }
  if (apiKey) {
    const headers = { "x-goog-api-key": Redacted.value(apiKey) }
    return project === undefined
      ? { baseUrl: baseUrl ?? hostOf("global"), headers, reroute: below("/v1") }
      : { ...placeOf(baseUrl, project, location), headers }
  }
  const own = project ?? credentials?.projectId
  if (!token && !credentials) {
    return "has no credentials: set GOOGLE_CREDENTIALS_JSON, VERTEX_ACCESS_TOKEN or " +
      "VERTEX_API_KEY, and start Penstock again"
  }
  if (own === undefined) return "has no project: set GOOGLE_CLOUD_PROJECT, and start Penstock again"
  const place = placeOf(baseUrl, own, location)
  if (token && !isVisible(token)) return "has a token of other than visible ASCII characters"
  if (token) return { ...place, headers: bearer(token) }
  if (!credentials) return "has no credentials"
  return { ...place, headers: {}, ...byToken(googleToken(credentials), secretsOf(credentials)) }
}

const placeOf = (baseUrl: string | undefined, project: string, location: string) => ({
  baseUrl: baseUrl ?? hostOf(location),
  reroute: below(`/v1/projects/${encodeURIComponent(project)}/locations/${location}`)
})

/** Gemini's own API has its models at its root; here they are their publisher's. */
const below = (root: string) => (path: string): string =>
  path.replace(/^\/v1beta\/models\//, `${root}/publishers/google/models/`)

/** Two locations are many regions, and one is all of them. */
const hostOf = (location: string): string => {
  switch (location) {
    case "global":
      return "https://aiplatform.googleapis.com"
    case "eu":
    case "us":
      return `https://aiplatform.${location}.rep.googleapis.com`
    default:
      return `https://${location}-aiplatform.googleapis.com`
  }
}
