/**
 * What is said of the whole API in its OpenAPI document.
 *
 * @module
 */
import type { Scope } from "../domain/Principal.ts"
import type { SurfaceName } from "./Surface.ts"
import type { ThinRoute } from "./ThinRoute.ts"
import { thinRoutes } from "./thinRoutes.ts"

type Document = Record<string, unknown>

/** As `deno.json` has it. */
const version = "0.1.0"

/** Adds the ways to prove who is calling, which routes name, the surfaces of other APIs, and pages. */
export const complete = (document: Document): Document => ({
  ...document,
  info: { ...fields(document.info), version },
  paths: { ...fields(document.paths), ...compatible, ...pages },
  components: {
    ...fields(document.components),
    securitySchemes: {
      apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
      googleApiKey: { type: "apiKey", in: "header", name: "X-Goog-API-Key" },
      bearer: { type: "http", scheme: "bearer", description: "An API key or a JWT" }
    }
  }
})

const fields = (value: unknown): Document =>
  typeof value === "object" && value !== null ? { ...value } : {}

const page = (summary: string, type: string, needs?: Scope) => ({
  get: {
    tags: ["operation"],
    summary,
    security: needs === undefined ? [] : anyKey,
    ...(needs === undefined ? {} : { "x-penstock-scope": needs }),
    responses: {
      "200": { description: "The page", content: { [type]: { schema: { type: "string" } } } },
      ...(needs === undefined ? {} : { default: { description: "An error", content: anyJson } })
    }
  }
})

const anyKey = [{ apiKey: [] }, { bearer: [] }]
const anyJson = { "application/json": { schema: { type: "object" } } }

/** What is answered beside the API. */
const pages: Document = {
  "/": page("That somebody is there, and where to look", "application/json"),
  "/metrics": page("Metrics, as Prometheus reads them", "text/plain", "metrics:read"),
  "/openapi.json": page("This document", "application/json"),
  "/docs": page("This document, to browse", "text/html")
}

/** Whose API a surface is, and where its owner describes it. */
const owners: Readonly<Record<Exclude<SurfaceName, "native">, readonly [string, string]>> = {
  openai: ["OpenAI", "https://platform.openai.com/docs/api-reference"],
  anthropic: ["Anthropic", "https://docs.anthropic.com/en/api/messages"],
  gemini: ["Gemini", "https://ai.google.dev/api"]
}

const operation = ({ needs, path, summary, surface: { name }, takesBody }: ThinRoute) => {
  const [owner, url] = name === "native" ? ["Penstock", "/docs"] : owners[name]
  return {
    tags: [`${owner}'s API`],
    summary,
    description: `As ${owner}'s own API has it; errors, too, are told in its words.`,
    externalDocs: { url },
    security: name === "gemini" ? [{ googleApiKey: [] }, ...anyKey] : anyKey,
    "x-penstock-scope": needs,
    parameters: Array.from(path.matchAll(named), ([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" }
    })),
    ...(takesBody ? { requestBody: { required: true, content: anyJson } } : {}),
    responses: {
      "200": {
        description: "The answer; server-sent events where it is streamed",
        content: anyJson
      },
      default: { description: "An error", content: anyJson }
    }
  }
}

const named = /:([a-z_]+)\*?(?![A-Za-z])/g

/** A route's path as OpenAPI writes it. */
export const templateOf = (path: string): string => path.replace(named, "{$1}")

const compatible: Document = Object.fromEntries(
  Array.from(
    Map.groupBy(
      thinRoutes.filter(({ surface }) => surface.name !== "native"),
      ({ path }) => templateOf(path)
    ),
    ([path, routes]) => [
      path,
      Object.fromEntries(routes.map((route) => [route.method.toLowerCase(), operation(route)]))
    ]
  )
)
