/**
 * Whether the gateway can do its work.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { Supervisor } from "../../actor/Supervisor.ts"
import { check } from "../../config/check.ts"
import { ConfigStore } from "../../config/ConfigStore.ts"
import { Prices } from "../../ledger/Prices.ts"
import { ModelReport, type Status } from "../../routing/ModelReport.ts"
import { ModelTable, type Snapshot } from "../../routing/ModelTable.ts"
import type { HealthBody } from "./ModelBodies.ts"

/** A model that has had a price since long ago: where it has none, the price list is broken. */
const landmark = { provider: "openai", model: "gpt-4" }

/** Looks at each part now. */
export const checkHealth = Effect.gen(function* () {
  const supervisor = yield* Supervisor
  const reports = yield* ModelReport
  const prices = yield* Prices
  const table = yield* ModelTable
  const store = yield* ConfigStore
  const standingFault = remembered()

  return Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const all = yield* reports.all
    const statuses = all.map(({ status }) => status)
    const count = (status: Status) => statuses.filter((one) => one === status).length
    const usable = count("available") + count("degraded")
    const { traffic: { version } } = table.snapshot()
    const fault = store.fileFault() ?? standingFault(table.snapshot())
    const services: typeof HealthBody.Type["services"] = {
      llm_service: ofActors(
        supervisor.children().filter(({ name }) => name.startsWith("provider/"))
          .map(({ phase }) => phase)
      ),
      model_manager: !all.some(({ isAsked }) => isAsked)
        ? "unhealthy"
        : count("available") === 0 || fault !== undefined
        ? "degraded"
        : "healthy",
      cost_tracker: prices.ratesOf(landmark.provider, landmark.model, now) ? "healthy" : "unhealthy"
    }
    const body: typeof HealthBody.Type = {
      // A lost price list costs a number, not an answer.
      status: services.llm_service === "unhealthy" || services.model_manager === "unhealthy"
        ? "unhealthy"
        : Object.values(services).every((one) => one === "healthy")
        ? "healthy"
        : "degraded",
      timestamp: DateTime.formatIso(DateTime.makeUnsafe(now)),
      services,
      models: {
        available: usable,
        healthy: count("available"),
        degraded: count("degraded"),
        unavailable: count("unavailable")
      },
      configuration: fault === undefined ? { version } : { version, fault }
    }
    return body
  })
})

/** What the configuration names that is not there; looked for once for each state of both. */
const remembered = () => {
  let last: { readonly of: Snapshot; readonly fault: string | undefined } | undefined
  return (snapshot: Snapshot): string | undefined => {
    if (last?.of === snapshot) return last.fault
    const [first] = check(snapshot.traffic, new Set(snapshot.entries.map(({ id }) => id)))
    last = { of: snapshot, fault: first && `${first.path.join(".")}: ${first.message}` }
    return last.fault
  }
}

/** One provider that is down is felt by its own models only. */
const ofActors = (phases: ReadonlyArray<string>) => {
  const running = phases.filter((phase) => phase === "running").length
  return running === 0 ? "unhealthy" : running < phases.length ? "degraded" : "healthy"
}
