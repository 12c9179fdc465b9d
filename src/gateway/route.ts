/**
 * From the model that a client names to the deployment that answers.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { GatewayError } from "../domain/GatewayError.ts"
import type { Deployment, ModelTable } from "../routing/ModelTable.ts"

/** Who answers for `model`, or why nobody does. */
export const route = (
  table: ModelTable["Service"],
  model: string
): Effect.Effect<Deployment, GatewayError> => {
  const deployment = table.lookup(model)
  if (!deployment) {
    return Effect.fail(new GatewayError({ reason: { _tag: "ModelNotFound", model } }))
  }
  const { readiness } = deployment.provider.settings
  if (!deployment.enabled) return unavailable(model, "disabled", `Model "${model}" is disabled`)
  return readiness.ready
    ? Effect.succeed(deployment)
    : unavailable(model, readiness.reason, readiness.message)
}

const unavailable = (
  model: string,
  why: "disabled" | "not_configured",
  message: string
): Effect.Effect<never, GatewayError> =>
  Effect.fail(new GatewayError({ reason: { _tag: "ModelUnavailable", model, why, message } }))
