/**
 * The routes that show and change the traffic configuration.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { ConfigStore, type Outcome, type Refused, type Terms } from "../../config/ConfigStore.ts"
import type { UnknownVersion } from "../../config/errors.ts"
import type { Part } from "../../config/Part.ts"
import { GatewayError, invalidRequest } from "../../domain/GatewayError.ts"
import { ModelTable } from "../../routing/ModelTable.ts"
import { Caller } from "../Caller.ts"
import { answered } from "./answered.ts"
import { RoutedApi } from "./Api.ts"
import { configFault } from "./configFault.ts"

/** The handlers. */
export const Config = HttpApiBuilder.group(
  RoutedApi,
  "config",
  Effect.fnUntraced(function* (handlers) {
    const store = yield* ConfigStore
    const table = yield* ModelTable
    const faultNow = yield* configFault

    const terms = Effect.fnUntraced(function* (query: Query, headers: Headers = {}) {
      const { id: by } = yield* Caller
      return {
        by,
        ifMatch: headers["if-match"],
        dryRun: query.dry_run === "true",
        known: new Set(table.snapshot().entries.map(({ id }) => id))
      } satisfies Terms
    })
    const mustBeThere = (model: string) =>
      table.snapshot().find(model)
        ? Effect.void
        : Effect.fail(new GatewayError({ reason: { _tag: "ModelNotFound", model } }))

    return handlers
      .handle("modelConfig", ({ params: { model_id } }) =>
        answered(Effect.as(
          mustBeThere(model_id),
          tagged(store.model(model_id))
        )))
      .handle(
        "putModelConfig",
        ({ params: { model_id }, query, headers, payload }) =>
          answered(Effect.gen(function* () {
            yield* mustBeThere(model_id)
            const put = store.putModel(model_id, payload, yield* terms(query, headers))
            return outcomeOf(query, yield* told(put))
          }))
      )
      .handle("loadBalancing", () => Effect.sync(() => tagged(store.loadBalancing())))
      .handle(
        "putLoadBalancing",
        ({ query, headers, payload }) =>
          answered(Effect.gen(function* () {
            const put = store.putLoadBalancing(payload, yield* terms(query, headers))
            return outcomeOf(query, yield* told(put))
          }))
      )
      .handle(
        "configHistory",
        () =>
          Effect.sync(() => {
            const fault = faultNow()
            const { version } = store.current()
            const history = store.history()
            return fault === undefined ? { version, history } : { version, fault, history }
          })
      )
      .handle("rollbackConfig", ({ params, query }) =>
        answered(Effect.gen(function* () {
          const version = /^\d{1,15}$/.test(params.version) ? Number(params.version) : -1
          const outcome = yield* told(store.rollback(version, yield* terms(query)))
          return { ...outcome, dry_run: query.dry_run === "true" }
        })))
  })
)

interface Query {
  readonly dry_run?: "true" | "false"
}

interface Headers {
  readonly "if-match"?: string
}

const tagged = <A>({ shown, etag }: Part<A>) =>
  HttpApiSchema.withHeaders({ body: shown, headers: { etag } })

const outcomeOf = <A>({ dry_run }: Query, { changes, ...part }: Part<A> & Outcome) =>
  dry_run === "true"
    ? HttpApiSchema.withHeaders({
      body: { dry_run: true as const, changes, result: part.shown },
      headers: {}
    })
    : tagged(part)

/** Why a change is refused, as an error of the gateway; that it cannot be kept is logged. */
const told = <A, R>(
  effect: Effect.Effect<A, Refused | UnknownVersion, R>
): Effect.Effect<A, GatewayError, R> =>
  Effect.catch(effect, (error) => {
    switch (error._tag) {
      case "ConfigInvalid": {
        const [first] = error.issues
        return Effect.fail(invalidRequest(
          `The configuration would not hold together: ${first?.path.join(".")}: ${first?.message}`,
          { issues: error.issues }
        ))
      }
      case "ConfigConflict":
        return Effect.fail(invalidRequest(
          "It was changed since you read it: read it again, and apply your change to that",
          { status: 412, kind: "config_conflict" }
        ))
      case "UnknownVersion":
        return Effect.fail(invalidRequest(
          "There is no such version, or it is no longer kept: GET /config/history lists those",
          { status: 404, kind: "unknown_version" }
        ))
      case "ConfigStoreError":
        return Effect.andThen(
          Effect.logError(error.message),
          Effect.fail(new GatewayError({ reason: { _tag: "Internal" } }))
        )
    }
  })
