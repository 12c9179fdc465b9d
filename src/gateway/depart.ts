/**
 * How a request sets out: who could answer it, how long it may take, and whether its caller may ask.
 *
 * @module
 */
import { GatewayError } from "../domain/GatewayError.ts"
import type { Opened } from "../ledger/Entry.ts"
import type { Ask } from "./Ask.ts"
import type { Decision } from "./Decision.ts"
import type { Journey } from "./Journey.ts"
import { plan } from "./plan.ts"
import { keyScope, refusal, tokensToReserve } from "./reserve.ts"
import { isLimited, type Scope } from "../guard/limits/Limiter.ts"
import type { Snapshot } from "../routing/ModelTable.ts"
import type { Tools } from "./Tools.ts"

/** Sets out; nothing was taken where it fails. */
export const depart = (
  tools: Tools,
  snapshot: Snapshot,
  ask: Ask,
  streamed: boolean
): Journey | GatewayError => {
  const { request } = ask
  const at = tools.wallClock()
  const candidates = plan(snapshot, request.model, { ...tools, now: at })
  if (candidates instanceof GatewayError) return candidates
  const { traffic } = snapshot
  const decision: Decision = {
    id: ask.id,
    caller: ask.caller,
    at,
    model: request.model,
    streamed,
    strategy: traffic.loadBalancing.strategy,
    version: traffic.version,
    candidates,
    attempts: [],
    outcome: "under_way",
    durationMs: undefined,
    standing: undefined
  }
  tools.decisions.keep(decision)
  const opened: Opened = {
    id: ask.id,
    caller: ask.caller,
    at,
    asked: request.model,
    operation: ask.operation,
    streamed,
    version: traffic.version,
    traceId: ask.trace?.traceId
  }
  const startedAt = tools.now()
  const { totalMs } = tools.times
  const most = Math.min(ask.timeoutMs ?? totalMs, totalMs)
  const untilContent = streamed ? Math.min(ask.patienceMs ?? most, most) : most
  const journey: Journey = {
    ask,
    snapshot,
    decision,
    startedAt,
    deadline: startedAt + untilContent,
    lastDeadline: startedAt + most,
    mostAttempts: tools.attempts,
    reserved: undefined,
    model: undefined,
    told: undefined,
    spent: 0,
    opened,
    page: tools.ledger.open(opened),
    calls: [],
    roughPrompt: undefined,
    firstTokenMs: undefined,
    isFiltered: false,
    pausedMs: 0,
    broke: undefined,
    drains: false
  }
  const scope = keyScope(traffic, ask.caller)
  if (isLimited(scope.limits)) {
    const taken = tools.limiter.take([scope], tokensToReserve(scope.limits, request))
    if (taken._tag === "Taken") journey.reserved = taken.reservation
    tellStanding(tools, journey)
    if (taken._tag !== "Taken") {
      decision.outcome = "refused"
      decision.durationMs = 0
      return refusal("key", request.model, taken)
    }
  }
  return journey
}

/** Tells how much room the caller's limits and those of the model at hand leave. */
export const tellStanding = (
  { limiter, wallClock }: Tools,
  journey: Journey,
  model?: Scope
): void => {
  const { ask, decision, snapshot } = journey
  journey.told = model
  const scopes = [keyScope(snapshot.traffic, ask.caller)]
  if (model) scopes.push(model)
  ask.told.standing = decision.standing = limiter.standing(scopes)
  ask.told.standingAt = wallClock()
}
