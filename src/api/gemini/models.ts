/**
 * The models, as clients of Gemini's API list them.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { JsonObject } from "../../domain/Completion.ts"
import { GatewayError, invalidRequest } from "../../domain/GatewayError.ts"
import type { Report } from "../../routing/ModelReport.ts"
import { json } from "../respond.ts"
import type { Handle } from "../ThinRoute.ts"

/** `GET /v1beta/models`: all at once, or as many as `pageSize` says. */
export const listModels: Handle = ({ reports }, { query, requestId }) =>
  Effect.flatMap(reports.all, (all) => {
    const size = pageNumber(query.get("pageSize"))
    const from = pageNumber(query.get("pageToken"))
    if (size === undefined || from === undefined) {
      return Effect.fail(invalidRequest("pageSize and pageToken are whole numbers from 0"))
    }
    const offered = all.filter(isOffered)
    const end = size === 0 ? offered.length : from + size
    return Effect.succeed(json(
      {
        models: offered.slice(from, end).map(toModel),
        ...(end < offered.length ? { nextPageToken: String(end) } : {})
      },
      requestId
    ))
  })

/** `GET /v1beta/models/{id}`: an id may have slashes. */
export const oneModel: Handle = ({ reports }, { params: { model = "" }, requestId }) =>
  Effect.flatMap(
    reports.of(model),
    (report) =>
      report === undefined || !isOffered(report)
        ? Effect.fail(new GatewayError({ reason: { _tag: "ModelNotFound", model } }))
        : Effect.succeed(json(toModel(report), requestId))
  )

const pageNumber = (text: string | null): number | undefined =>
  text === null || text === "" ? 0 : /^\d{1,9}$/.test(text) ? Number(text) : undefined

/** Models that nobody set up, or that somebody switched off, are not there for these clients. */
const isOffered = ({ deployment: { enabled, provider } }: Report): boolean =>
  enabled && provider.settings.readiness.ready

const toModel = ({ entry: { id }, deployment: { model } }: Report): JsonObject => ({
  name: `models/${id}`,
  version: model.upstreamModel,
  displayName: model.name,
  // What is not known is left out.
  inputTokenLimit: model.contextWindow,
  outputTokenLimit: model.maxOutputTokens,
  supportedGenerationMethods: [
    ...(model.type === "text" ? ["generateContent", "countTokens"] : []),
    ...(model.capabilities.includes("embeddings") ? ["embedContent", "batchEmbedContents"] : [])
  ],
  ...(model.capabilities.includes("reasoning") ? { thinking: true } : {})
})
