/**
 * The models, as clients of OpenAI's API list them; and as Anthropic's do, who ask at the same path.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { JsonObject } from "../../domain/Completion.ts"
import { GatewayError } from "../../domain/GatewayError.ts"
import type { Report } from "../../routing/ModelReport.ts"
import { json } from "../respond.ts"
import type { Handle } from "../ThinRoute.ts"

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
export const oneModel: Handle = (
  { reports },
  { params: { model = "" }, request, requestId }
) =>
  Effect.flatMap(
    reports.of(model),
    (report) =>
      report === undefined || !isOffered(report)
        ? Effect.fail(new GatewayError({ reason: { _tag: "ModelNotFound", model } }))
        : Effect.succeed(
          json(isAnthropic(request) ? toAnthropic(report) : toModel(report), requestId)
        )
  )

/** Anthropic's clients always say which version of its API they speak. */
const isAnthropic = ({ headers }: Request): boolean => headers.has("anthropic-version")

/** Models that nobody set up, or that somebody switched off, are not there for these clients. */
const isOffered = ({ deployment: { enabled, provider } }: Report): boolean =>
  enabled && provider.settings.readiness.ready

/**
 * Nobody tells when a model was made: what is told is since when it is offered here, which is since
 * the gateway began, in Unix seconds.
 */
const created = Math.floor(performance.timeOrigin / 1000)

const toModel = ({ entry: { id }, deployment: { model } }: Report): JsonObject => ({
  id,
  object: "model",
  created,
  owned_by: model.provider
})

/** As Anthropic has it of a model whose day is not known. */
const unknownDay = "1970-01-01T00:00:00Z"

const toAnthropic = ({ entry: { id }, deployment: { model } }: Report): JsonObject => ({
  type: "model",
  id,
  display_name: model.name,
  created_at: unknownDay
})
