/**
 * Whether the gateway can do its work.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { Supervisor } from "../../actor/Supervisor.ts"
import { Gateway } from "../../gateway/Gateway.ts"
import { Ledger, type LedgerState } from "../../ledger/Ledger.ts"
import { Prices } from "../../ledger/prices/Prices.ts"
import { ModelReport, type Status } from "../../routing/ModelReport.ts"
import { ModelTable } from "../../routing/ModelTable.ts"
import { configFault } from "./configFault.ts"
import type { HealthBody } from "./ModelBodies.ts"

/** A model that has had a price since long ago: where it has none, the price list is broken. */
const landmark = { provider: "openai", model: "gpt-4" }

/** Looks at each part now. */
export const checkHealth = Effect.gen(function* () {
  const supervisor = yield* Supervisor
  const reports = yield* ModelReport
  const prices = yield* Prices
  const table = yield* ModelTable
  const ledger = yield* Ledger
  const gateway = yield* Gateway
  const faultNow = yield* configFault

  return Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const all = yield* reports.all
    const statuses = all.map(({ status }) => status)
    const count = (status: Status) => statuses.filter((one) => one === status).length
    const usable = count("available") + count("degraded")
    const providers = yield* reports.providers
    const of = (health: string) => providers.filter((one) => one.health === health).length
    const { traffic: { version } } = table.snapshot()
    const hasFault = faultNow() !== undefined
    const services: typeof HealthBody.Type["services"] = {
      llm_service: ofActors(
        supervisor.children().filter(({ name }) => name.startsWith("provider/"))
          .map(({ phase }) => phase)
      ),
      model_manager: !all.some(({ isAsked }) => isAsked)
        ? "unhealthy"
        : count("available") === 0 || hasFault
        ? "degraded"
        : "healthy",
      cost_tracker: ofBooks(
        ledger.state().state,
        prices.ratesOf(landmark.provider, landmark.model, now) !== undefined
      )
    }
    const body: typeof HealthBody.Type = {
      // A lost price list costs a number, not an answer.
      status: services.llm_service === "unhealthy" || services.model_manager === "unhealthy" ||
          !gateway.isAdmitting()
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
      providers: { healthy: of("healthy"), degraded: of("degraded"), unhealthy: of("unhealthy") },
      configuration: hasFault ? { version, fault: faultTold } : { version }
    }
    return body
  })
})

/** Whoever may read the configuration is told there what it is. */
const faultTold = "The configuration has a fault: GET /config/history tells it"

/** Books that are behind lose nothing yet; damaged ones, or none with prices, are of no use. */
const ofBooks = (state: LedgerState["state"], isPriced: boolean) =>
  !isPriced || state === "broken" ? "unhealthy" : state === "behind" ? "degraded" : "healthy"

/** One provider that is down is felt by its own models only. */
const ofActors = (phases: ReadonlyArray<string>) => {
  const running = phases.filter((phase) => phase === "running").length
  return running === 0 ? "unhealthy" : running < phases.length ? "degraded" : "healthy"
}
