/**
 * How each model is, for those who ask.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ModelHealth, type Record } from "../guard/ModelHealth.ts"
import { type Deployment, ModelTable } from "./ModelTable.ts"

/** Whether a model can be used now. */
export type Status = "available" | "degraded" | "unavailable" | "disabled"

/** A model and how it is. */
export interface Report {
  readonly deployment: Deployment
  readonly status: Status
  /** Whether it is asked at all; one that failed lately still is. */
  readonly isAsked: boolean
  /** Why it cannot be used, and what to do about it. */
  readonly reason: string | undefined
  readonly record: Record
}

/** How each model is. */
export class ModelReport extends Context.Service<ModelReport, {
  /** `undefined` where there is no such model. */
  readonly of: (id: string) => Effect.Effect<Report | undefined>
  readonly all: Effect.Effect<ReadonlyArray<Report>>
}>()("penstock/routing/ModelReport") {
  static readonly layer = Layer.effect(
    ModelReport,
    Effect.gen(function* () {
      const table = yield* ModelTable
      const health = yield* ModelHealth
      const report = (deployment: Deployment): Effect.Effect<Report> =>
        Effect.map(health.record(deployment.model.id), (record) => ({
          deployment,
          record,
          ...judge(deployment, record)
        }))
      return ModelReport.of({
        of: (id) => {
          const deployment = table.lookup(id)
          return deployment ? report(deployment) : Effect.undefined
        },
        all: Effect.suspend(() => Effect.forEach(table.all(), report))
      })
    })
  )
}

const judge = (
  { enabled, provider }: Deployment,
  record: Record
): Pick<Report, "status" | "isAsked" | "reason"> => {
  const { readiness, provider: { id } } = provider.settings
  if (!enabled) return { status: "disabled", isAsked: false, reason: "The model is disabled" }
  if (!readiness.ready) {
    const status = readiness.reason === "disabled" ? "disabled" : "unavailable"
    return { status, isAsked: false, reason: readiness.message }
  }
  if (!provider.isRunning()) {
    const reason = `Provider "${id}" takes no calls now`
    return { status: "unavailable", isAsked: false, reason }
  }
  switch (record.health) {
    case "unhealthy":
      return { status: "unavailable", isAsked: true, reason: "Most of its latest requests failed" }
    case "degraded":
      return { status: "degraded", isAsked: true, reason: "Some of its latest requests failed" }
    case "healthy":
    case "unknown":
      return { status: "available", isAsked: true, reason: undefined }
  }
}
