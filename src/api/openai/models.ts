/**
 * The models, as clients of OpenAI's API list them; and as Anthropic's do, who ask at the same path.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { JsonObject } from "../../domain/Completion.ts"
import { GatewayError } from "../../domain/GatewayError.ts"
import type { Report } from "../../routing/ModelReport.ts"
import { anthropic } from "../anthropic/surface.ts"
import { json } from "../respond.ts"
import type { Call, Handle } from "../ThinRoute.ts"

/** `GET /v1/models`: those that can be asked for, however they are now. */
export const listModels: Handle = ({ reports }, { request, requestId }) =>
  Effect.map(reports.all, (all) => {
    const models = all.filter(isOffered)
    return json(
      isAnthropic(request)
        ? {
          data: models.map(toAnthropic),
          has_more: false,
          first_id: models.at(0)?.entry.id ?? null,
          last_id: models.at(-1)?.entry.id ?? null
        }
        : { object: "list", data: models.map(toModel) },
      requestId
    )
  })

/** `GET /v1/models/{id}`: an id may have slashes. */
export const oneModel: Handle = ({ reports }, call) => {
  const { params: { model = "" }, request, requestId } = call
  return Effect.flatMap(reports.of(model), (report) => {
    if (report === undefined || !isOffered(report)) return notFound(call, model)
    return Effect.succeed(
      json(isAnthropic(request) ? toAnthropic(report) : toModel(report), requestId)
    )
  })
}

const notFound = ({ request, requestId }: Call, model: string) => {
  const error = new GatewayError({ reason: { _tag: "ModelNotFound", model } })
  return isAnthropic(request)
    ? Effect.succeed(anthropic.failure(error, requestId))
    : Effect.fail(error)
}

/** Anthropic's clients always say which version of its API they speak. */
const isAnthropic = ({ headers }: Request): boolean => headers.has("anthropic-version")

/** Models that nobody set up, or that somebody switched off, are not there for these clients. */
const isOffered = ({ deployment: { enabled, provider } }: Report): boolean =>
  enabled && provider.settings.readiness.ready

/** When a model was made is not known: the beginning of Unix time stands for that. */
const toModel = ({ entry: { id }, deployment: { model } }: Report): JsonObject => ({
  id,
  object: "model",
  created: 0,
  owned_by: model.provider
})

const toAnthropic = ({ entry: { id }, deployment: { model } }: Report): JsonObject => ({
  type: "model",
  id,
  display_name: model.name,
  created_at: "1970-01-01T00:00:00Z"
})
