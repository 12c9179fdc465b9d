/**
 * How each model is, for those who ask.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Traffic } from "../config/Traffic.ts"
import { Circuits, type CircuitView } from "../guard/Circuits.ts"
import { type Judged, judgeProbe } from "../guard/judgeProbe.ts"
import { type Health, ModelHealth, type Record } from "../guard/ModelHealth.ts"
import { Providers } from "../provider/Providers.ts"
import { type Deployment, type ModelEntry, ModelTable } from "./ModelTable.ts"
import { type ProviderReport, providerReports } from "./ProviderReport.ts"

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
  /** How each provider is that can be called. */
  readonly providers: Effect.Effect<ReadonlyArray<ProviderReport>>
}>()("penstock/routing/ModelReport") {
  static readonly layer = Layer.effect(
    ModelReport,
    Effect.gen(function* () {
      const table = yield* ModelTable
      const health = yield* ModelHealth
      const circuits = yield* Circuits
      const providers = yield* Providers
      const report = (
        entry: ModelEntry,
        { loadBalancing: { failureThreshold } }: Traffic
      ): Effect.Effect<Report> =>
        Effect.map(health.record(entry.id), (record) => ({
          entry,
          ...best(entry.deployments, (deployment) =>
            judge(
              deployment,
              record.health,
              judgeProbe(record, deployment.provider.health(), failureThreshold),
              circuits.state(deployment.id, deployment.provider.settings.provider.id)
            ))
        }))
      return ModelReport.of({
        of: (id) =>
          Effect.suspend(() => {
            const { find, traffic } = table.snapshot()
            const entry = find(id)
            return entry ? report(entry, traffic) : Effect.undefined
          }),
        all: Effect.suspend(() => {
          const { entries, traffic } = table.snapshot()
          return Effect.forEach(entries, (entry) => report(entry, traffic))
        }),
        providers: Effect.sync(() =>
          providerReports(
            providers.all,
            table.snapshot().traffic.loadBalancing.failureThreshold
          )
        )
      })
    })
  )
}

type Judgement = Omit<Report, "entry">

/** A model is as well as the best of its deployments. */
const best = (
  [first, ...others]: ModelEntry["deployments"],
  judged: (deployment: Deployment) => Judgement
): Judgement => {
  let told = judged(first)
  for (const other of others) {
    if (told.status === "available") break
    const next = judged(other)
    if (rank(next) > rank(told)) told = next
  }
  return told
}

const rank = ({ isAsked, status }: Judgement): number => (isAsked ? 10 : 0) + ranks[status]

// What is out of order says more than what somebody switched off.
const ranks = { disabled: 0, unavailable: 1, degraded: 2, available: 3 }

const judge = (
  deployment: Deployment,
  shown: Health,
  record: Judged,
  circuit: CircuitView
): Judgement => {
  const { enabled, listed, provider } = deployment
  const { readiness, provider: { id } } = provider.settings
  const notAsked = (status: Status, reason: string) => ({
    deployment,
    record,
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
  const asked = { deployment, record, isAsked: true }
  if (circuit.parkedMs !== undefined) {
    return { ...asked, status: "unavailable", reason: `Provider "${id}" refused our key` }
  }
  if (circuit.state === "open") {
    return { ...asked, status: "unavailable", reason: "It failed too often lately" }
  }
  if (circuit.coolingDownMs !== undefined) {
    return { ...asked, status: "degraded", reason: `Provider "${id}" asked for a pause` }
  }
  // Lists are not always complete: it is asked all the same, and real answers say more than a list.
  if (listed === false && shown === "unknown") {
    return { ...asked, status: "unavailable", reason: `Provider "${id}" does not list it` }
  }
  const { status, reason } = ofRecord[record.health]
  return { ...asked, status, reason: record.reason ?? reason }
}

/** What a model's latest requests say of it. */
const ofRecord: { readonly [H in Health]: Pick<Report, "status" | "reason"> } = {
  unhealthy: { status: "unavailable", reason: "Most of its latest requests failed" },
  degraded: { status: "degraded", reason: "Some of its latest requests failed" },
  healthy: { status: "available", reason: undefined },
  unknown: { status: "available", reason: undefined }
}
