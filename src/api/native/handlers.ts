/**
 * The native API's routes that Effect's router serves.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import type { SqlClient } from "effect/sql/SqlClient"
import { Supervisor } from "../../actor/Supervisor.ts"
import type { ConfigStore } from "../../config/ConfigStore.ts"
import { GatewayError } from "../../domain/GatewayError.ts"
import type { Decisions as Kept } from "../../gateway/Decisions.ts"
import type { Gateway } from "../../gateway/Gateway.ts"
import { Circuits } from "../../guard/Circuits.ts"
import { Limiter } from "../../guard/limits/Limiter.ts"
import { RetryBudget } from "../../guard/RetryBudget.ts"
import type { Ledger } from "../../ledger/Ledger.ts"
import { Prices } from "../../ledger/prices/Prices.ts"
import { Balancer } from "../../routing/Balancer.ts"
import { ModelReport, type Report } from "../../routing/ModelReport.ts"
import type { ModelTable } from "../../routing/ModelTable.ts"
import { ratesOf } from "../../routing/rates.ts"
import type { Performance as Measured } from "../../telemetry/window/Performance.ts"
import { toEnvelope } from "../ErrorEnvelope.ts"
import { RequestId } from "../RequestId.ts"
import { RoutedApi } from "./Api.ts"
import { Config } from "./config.ts"
import { Decisions } from "./decisions.ts"
import { checkHealth } from "./health.ts"
import { toCircuit, toScope } from "./GuardBodies.ts"
import type { ModelBody, ModelStatusBody } from "./ModelBodies.ts"
import { Performance } from "./performance.ts"
import { SchemaFaults } from "./SchemaFaults.ts"
import { Stats } from "./stats.ts"
import { toBody, toProvider } from "./SupervisionBody.ts"

const Models = HttpApiBuilder.group(
  RoutedApi,
  "models",
  Effect.fnUntraced(function* (handlers) {
    const reports = yield* ModelReport
    const prices = yield* Prices
    const circuits = yield* Circuits
    const balancer = yield* Balancer

    return handlers
      .handle("models", () =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const all = yield* reports.all
          return { models: all.map((report) => toModel(report, prices, now)) }
        }))
      .handle("modelStatus", ({ params: { model_id } }) =>
        Effect.gen(function* () {
          const report = yield* reports.of(model_id)
          if (report) return toStatus(report, circuits, balancer)
          const error = new GatewayError({ reason: { _tag: "ModelNotFound", model: model_id } })
          const told = toEnvelope(error, yield* RequestId).error
          return yield* Effect.fail({ error: { ...told, code: "MODEL_NOT_FOUND" as const } })
        }))
  })
)

const Operation = HttpApiBuilder.group(
  RoutedApi,
  "operation",
  Effect.fnUntraced(function* (handlers) {
    const supervisor = yield* Supervisor
    const health = yield* checkHealth
    const circuits = yield* Circuits
    const limiter = yield* Limiter
    const retries = yield* RetryBudget
    const reports = yield* ModelReport

    return handlers
      .handle(
        "health",
        () =>
          Effect.flatMap(
            health,
            (body) => body.status === "unhealthy" ? Effect.fail(body) : Effect.succeed(body)
          )
      )
      .handle(
        "supervision",
        () =>
          Effect.map(reports.providers, (providers) => ({
            actors: supervisor.children().map(toBody),
            providers: providers.map(toProvider),
            circuits: circuits.all().map(({ deployment, view }) => ({
              deployment,
              circuit: toCircuit(view)
            })),
            limits: limiter.view().map(toScope),
            retries: retries.all().map(({ provider, firstAttempts, retries, left, denied }) => ({
              provider,
              first_calls: firstAttempts,
              retries,
              left,
              denied
            }))
          }))
      )
  })
)

/** What they need of the gateway. */
export type Needed =
  | Balancer
  | Circuits
  | ConfigStore
  | Kept
  | Gateway
  | Ledger
  | Limiter
  | ModelReport
  | ModelTable
  | Measured
  | Prices
  | RetryBudget
  | SqlClient
  | Supervisor

/** All of them. */
export const layer = HttpApiBuilder.layer(RoutedApi).pipe(
  Layer.provide([Models, Operation, Config, Decisions, Stats, Performance]),
  Layer.provide(SchemaFaults.layer)
)

const toModel = (
  { deployment, status, reason }: Report,
  prices: Prices["Service"],
  now: number
): typeof ModelBody.Type => {
  const { listed, model } = deployment
  const { unknownCapabilities = [] } = model
  const rates = ratesOf(deployment, prices, now)
  return {
    id: model.id,
    name: model.name,
    provider: model.provider,
    type: model.type,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(model.aliasOf === undefined ? {} : { alias_of: model.aliasOf }),
    ...(listed === undefined ? {} : { listed }),
    capabilities: model.capabilities,
    ...(unknownCapabilities.length === 0 ? {} : { unknown_capabilities: unknownCapabilities }),
    limits: {
      max_tokens: model.maxOutputTokens ?? null,
      context_window: model.contextWindow ?? null
    },
    pricing: rates
      ? {
        input_per_1k_tokens: perThousand(rates.input),
        output_per_1k_tokens: perThousand(rates.output)
      }
      : null
  }
}

/** Prices have at most six decimals per million: division alone would leave a tail of noise. */
const perThousand = (perMillion: number): number => Math.round(perMillion * 1e6) / 1e9

const toStatus = (
  { entry, status, record, reason }: Report,
  circuits: Circuits["Service"],
  balancer: Balancer["Service"]
): typeof ModelStatusBody.Type => ({
  model_id: entry.id,
  status,
  health: record.health,
  response_time_ms: record.responseTimeMs ?? null,
  last_check: record.lastCheck === undefined
    ? null
    : DateTime.formatIso(DateTime.makeUnsafe(record.lastCheck)),
  error_rate: record.errorRate,
  ...(reason === undefined ? {} : { reason }),
  deployments: entry.deployments.map(({ id, enabled, model }) => {
    const { inFlight, latencyMs } = balancer.stats(id)
    return {
      id,
      provider: model.provider,
      enabled,
      circuit: toCircuit(circuits.state(id, model.provider)),
      in_flight: inFlight,
      latency_ms: latencyMs === undefined ? null : Math.round(latencyMs)
    }
  })
})
