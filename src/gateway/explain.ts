/**
 * Who would be asked for a request now, and why not the others: nothing is sent, and nothing taken.
 *
 * @module
 */
import type { CompletionRequest } from "../domain/Completion.ts"
import { GatewayError } from "../domain/GatewayError.ts"
import { isLimited, type Scope } from "../guard/limits/Limiter.ts"
import type { Standing } from "../guard/limits/Limiter.ts"
import type { Snapshot } from "../routing/ModelTable.ts"
import { admit, withPolicy } from "./admit.ts"
import type { Ask } from "./Ask.ts"
import type { Candidate, Decision, Skip } from "./Decision.ts"
import { plan } from "./plan.ts"
import { keyScope, modelScope, tokensToReserve } from "./reserve.ts"
import type { Tools } from "./Tools.ts"

/** Who would be asked. */
export interface Explanation extends Pick<Decision, "strategy" | "version" | "candidates"> {
  /** What it would be refused for before anybody is asked: its caller's limits. */
  readonly refused: Skip | undefined
  /** Room in the caller's limits, and in those of the first model. */
  readonly standing: Standing
}

/** Explains what would become of `ask`. */
export const explain = (
  tools: Tools,
  snapshot: Snapshot,
  ask: Ask
): Explanation | GatewayError => {
  const { traffic } = snapshot
  // In the order that the next request would find.
  const balancer = { ...tools.balancer, order: tools.balancer.peek }
  const candidates = plan(snapshot, ask.request.model, {
    prices: tools.prices,
    balancer,
    now: tools.wallClock()
  })
  if (candidates instanceof GatewayError) return candidates
  for (const candidate of candidates) look(tools, ask, candidate)
  const [first] = candidates
  const scopes = [keyScope(traffic, ask.caller)]
  if (first) scopes.push(modelScope(first.deployment.model.id, first.policy))
  return {
    strategy: traffic.loadBalancing.strategy,
    version: traffic.version,
    candidates,
    refused: limitReached(tools, keyScope(traffic, ask.caller), ask.request),
    standing: tools.limiter.standing(scopes)
  }
}

/** Looks at a candidate as if its turn had come. */
const look = (tools: Tools, ask: Ask, candidate: Candidate): void => {
  const { circuits } = tools
  const { deployment, policy } = candidate
  const { provider: { id } } = deployment.provider.settings
  candidate.circuit = circuits.state(deployment.id, id).state
  const permission = circuits.peek(deployment.id, id)
  const given = admit(deployment, withPolicy(deployment, policy, ask.request))
  candidate.skipped = unable(candidate) ??
    (given instanceof GatewayError
      ? { why: "cannot_honour" }
      : limitReached(tools, modelScope(deployment.model.id, policy), given.request)) ??
    (permission._tag === "Wait"
      ? { why: permission.why, retryInMs: permission.retryInMs }
      : undefined)
}

const unable = ({ deployment, policy }: Candidate): Skip | undefined => {
  const { readiness } = deployment.provider.settings
  if (!deployment.enabled || !policy.enabled) return { why: "disabled" }
  return readiness.ready ? undefined : { why: readiness.reason }
}

/** Takes what the request would take, and gives it back: nobody can see it in between. */
const limitReached = (
  { limiter }: Tools,
  scope: Scope,
  request: CompletionRequest
): Skip | undefined => {
  if (!isLimited(scope.limits)) return undefined
  const taken = limiter.take([scope], tokensToReserve(scope.limits, request))
  if (taken._tag === "Taken") {
    taken.reservation.release()
    return undefined
  }
  return {
    why: "rate_limited",
    ...(taken._tag === "Refused" ? { retryInMs: taken.retryAfterMs } : {})
  }
}
