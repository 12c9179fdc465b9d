/**
 * How each model is, for those who ask.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Health, ModelHealth, type Record } from "../guard/ModelHealth.ts"
import { type Deployment, type ModelEntry, ModelTable } from "./ModelTable.ts"

/** Whether a model can be used now. */
export type Status = "available" | "degraded" | "unavailable" | "disabled"

/** A model and how it is. */
export interface Report {
  readonly entry: ModelEntry
  /** The first of its deployments that can be asked, else the one that `reason` is about. */
  readonly deployment: Deployment
  readonly status: Status
  /** Whether it is asked at all; one that failed lately still is. */
  readonly isAsked: boolean
  /** Why it cannot be used, and what to do about it. */
  readonly reason: string | undefined
  readonly record: Record
}

/** How each model is: it can be used where any of its deployments can. */
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
      const report = (entry: ModelEntry): Effect.Effect<Report> =>
        Effect.map(health.record(entry.id), (record) => ({
          entry,
          record,
          ...judge(entry, record)
        }))
      return ModelReport.of({
        of: (id) =>
          Effect.suspend(() => {
            const entry = table.snapshot().find(id)
            return entry ? report(entry) : Effect.undefined
          }),
        all: Effect.suspend(() => Effect.forEach(table.snapshot().entries, report))
      })
    })
  )
}

type Judgement = Pick<Report, "deployment" | "status" | "isAsked" | "reason">

const judge = ({ deployments: [first, ...others] }: ModelEntry, record: Record): Judgement => {
  let told = judgeOne(first, record)
  for (const other of others) {
    if (told.isAsked) break
    const next = judgeOne(other, record)
    // What is out of order says more than what somebody switched off.
    if (next.isAsked || (told.status === "disabled" && next.status === "unavailable")) told = next
  }
  return told
}

const judgeOne = (deployment: Deployment, record: Record): Judgement => {
  const { enabled, provider } = deployment
  const { readiness, provider: { id } } = provider.settings
  const notAsked = (status: Status, reason: string) => ({
    deployment,
    status,
    isAsked: false,
    reason
  })
  if (!enabled) return notAsked("disabled", "The model is disabled")
  if (!readiness.ready) {
    return notAsked(readiness.reason === "disabled" ? "disabled" : "unavailable", readiness.message)
  }
  if (!provider.isRunning()) {
    return notAsked("unavailable", `Provider "${id}" takes no calls now`)
  }
  return { deployment, isAsked: true, ...ofRecord[record.health] }
}

/** What a model's latest requests say of it. */
const ofRecord: { readonly [H in Health]: Pick<Report, "status" | "reason"> } = {
  unhealthy: { status: "unavailable", reason: "Most of its latest requests failed" },
  degraded: { status: "degraded", reason: "Some of its latest requests failed" },
  healthy: { status: "available", reason: undefined },
  unknown: { status: "available", reason: undefined }
}
