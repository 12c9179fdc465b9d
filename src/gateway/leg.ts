/**
 * One call to a provider: what is noted when it begins, and when it ends.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Guard } from "../actor/Team.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Go } from "../guard/Circuits.ts"
import { holdMs, rules } from "../guard/rules.ts"
import { ClientTooSlow } from "../guard/Watchman.ts"
import type { Asked, Called } from "../ledger/Entry.ts"
import type { Attempt, Candidate } from "./Decision.ts"
import { tellStanding } from "./depart.ts"
import type { Entered } from "./enter.ts"
import type { Journey, Leg } from "./Journey.ts"
import { diverged } from "./resume/diverged.ts"
import type { Tools } from "./Tools.ts"

/** Begins to ask `candidate`. */
export const begin = (
  tools: Tools,
  journey: Journey,
  candidate: Candidate,
  { permission, request }: Entered,
  { charge: { rates }, resumed }: Asked
): Leg => {
  const now = tools.now()
  const { attempts } = journey.decision
  const { id, provider } = candidate.deployment
  const attempt: Attempt = {
    number: attempts.length + 1,
    deployment: id,
    startedMs: Math.round(now - journey.startedAt),
    resumed,
    durationMs: undefined,
    outcome: "under_way",
    status: undefined,
    usage: undefined,
    cost: undefined
  }
  attempts.push(attempt)
  journey.ask.told.attempts = attempts.length
  if (journey.model) {
    journey.model.asked = true
    tellStanding(tools, journey, journey.model.scope)
  }
  if (attempts.length === 1) tools.retries.request(provider.settings.provider.id)
  tools.balancer.began(id)
  const leg: Leg = {
    candidate,
    request,
    leftMs: journey.deadline - now,
    attempt,
    startedAt: now,
    placedAt: undefined,
    rates,
    endedAt: undefined,
    charge: undefined,
    firstTokenMs: undefined,
    showed: () => {
      const at = tools.now()
      leg.firstTokenMs = at - now
      journey.firstTokenMs ??= at - journey.startedAt
      journey.deadline = journey.lastDeadline
      // A probe keeps everybody else out: it has shown enough, and a stream may take minutes.
      if (permission.probe) permission.note("success")
    }
  }
  return leg
}

/** Takes note of how it ended: what it says of the model, the circuit, and the times to come. */
export const end = (
  tools: Tools,
  journey: Journey,
  leg: Leg,
  permission: Go,
  exit: Exit.Exit<unknown, UpstreamFault | ClientTooSlow>
): Effect.Effect<void> =>
  Effect.sync(() => {
    const durationMs = (leg.endedAt ?? tools.now()) - leg.startedAt
    learn(tools, leg, durationMs, permission, exit)
    journey.drains = false
    journey.calls.push(toCalled(journey, leg, durationMs))
    // The request may go on for long: should the gateway die meanwhile, this call is not its prompt.
    if (Exit.isFailure(exit)) {
      journey.page.checkpoint(leg.attempt.number, leg.charge)
    }
  })

/**
 * A guard that also notes when the call has its place at the provider's actor. Only from then on it is
 * read on for a client that has left: before that nobody was asked.
 */
export const placing = <E>(
  tools: Tools,
  journey: Journey,
  leg: Leg,
  guard: Guard<E>
): Guard<E> =>
(abandon) => {
  const guarding = guard(abandon)
  return {
    begun: () => {
      leg.placedAt = tools.now()
      journey.drains = leg.candidate.policy.onDisconnect === "drain"
      guarding.begun()
    },
    over: guarding.over
  }
}

/** What the books say of a call that is over. */
const toCalled = (journey: Journey, leg: Leg, durationMs: number): Called => {
  const { attempt, candidate: { deployment: { id, model, provider } } } = leg
  const { outcome } = attempt
  return {
    number: attempt.number,
    deployment: id,
    model: model.id,
    provider: provider.settings.provider.id,
    startedMs: leg.startedAt - journey.startedAt,
    resumed: attempt.resumed,
    outcome: outcome === "under_way" ? "crashed" : outcome,
    status: attempt.status,
    durationMs,
    queueMs: leg.placedAt === undefined ? durationMs : leg.placedAt - leg.startedAt,
    firstTokenMs: leg.firstTokenMs,
    showed: leg.firstTokenMs !== undefined || outcome === "answered",
    charge: leg.charge
  }
}

const learn = (
  tools: Tools,
  { candidate: { deployment }, attempt, firstTokenMs, leftMs }: Leg,
  durationMs: number,
  permission: Go,
  exit: Exit.Exit<unknown, UpstreamFault | ClientTooSlow>
): void => {
  attempt.durationMs = Math.round(durationMs)
  tools.balancer.ended(deployment.id)
  if (Exit.isSuccess(exit)) {
    attempt.outcome = "answered"
    permission.note("success")
    tools.balancer.answered(deployment.id, firstTokenMs ?? durationMs)
    tools.health.noteUnsafe(deployment.model.id, true, durationMs)
    return
  }
  const error = Cause.hasInterruptsOnly(exit.cause) ? undefined : Cause.squash(exit.cause)
  if (!(error instanceof UpstreamFault)) {
    attempt.outcome = error === undefined
      ? "left"
      : error instanceof ClientTooSlow
      ? "client_too_slow"
      : "crashed"
    permission.note("neutral")
    return
  }
  attempt.outcome = error.class
  attempt.status = error.status
  const rule = rules[error.class]
  // One that had less than all of the time, or that was writing, is not to blame for the end of it.
  const isExcused = error === diverged ||
    (error.class === "timeout_total" &&
      (leftMs < tools.times.totalMs || firstTokenMs !== undefined))
  const outcome = isExcused ? "neutral" : rule.circuit
  permission.note(outcome)
  if (outcome === "failure") {
    tools.balancer.failed(deployment.id)
    tools.health.noteUnsafe(deployment.model.id, false, durationMs)
  }
  if (rule.hold === "deployment") tools.circuits.coolDown(deployment.id, holdMs(error))
  if (rule.hold === "credential") tools.circuits.park(deployment.provider.settings.provider.id)
}
