/**
 * One call to a provider: what is noted when it begins, and when it ends.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Go } from "../guard/Circuits.ts"
import { holdMs, rules } from "../guard/rules.ts"
import { ClientTooSlow } from "../guard/Watchman.ts"
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
  { permission, request }: Entered
): Leg => {
  const now = tools.now()
  const { attempts } = journey.decision
  const { id, provider } = candidate.deployment
  const attempt: Attempt = {
    number: attempts.length + 1,
    deployment: id,
    startedMs: Math.round(now - journey.startedAt),
    resumed: undefined,
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
    firstTokenMs: undefined,
    showed: () => {
      leg.firstTokenMs = tools.now() - now
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
  { candidate: { deployment }, attempt, firstTokenMs, leftMs }: Leg,
  permission: Go,
  exit: Exit.Exit<unknown, UpstreamFault | ClientTooSlow>
): Effect.Effect<void> => {
  const durationMs = tools.now() - journey.startedAt - attempt.startedMs
  attempt.durationMs = Math.round(durationMs)
  tools.balancer.ended(deployment.id)
  if (Exit.isSuccess(exit)) {
    attempt.outcome = "answered"
    permission.note("success")
    tools.balancer.answered(deployment.id, firstTokenMs ?? durationMs)
    tools.health.noteUnsafe(deployment.model.id, true, durationMs)
    return Effect.void
  }
  const error = Cause.hasInterruptsOnly(exit.cause) ? undefined : Cause.squash(exit.cause)
  if (!(error instanceof UpstreamFault)) {
    attempt.outcome = error === undefined
      ? "left"
      : error instanceof ClientTooSlow
      ? "client_too_slow"
      : "crashed"
    permission.note("neutral")
    return Effect.void
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
  return Effect.void
}
