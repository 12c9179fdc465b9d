/**
 * How a request ends: what it took is settled, its page in the books is closed, and what there is to
 * tell of it is told. All of that is done before its client is sent the end of the answer.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { GatewayError } from "../domain/GatewayError.ts"
import type { Outcome, Settled } from "../ledger/Entry.ts"
import type { Decision } from "./Decision.ts"
import { tellStanding } from "./depart.ts"
import { type Journey, settle } from "./Journey.ts"
import type { Tools } from "./Tools.ts"

/** How the way of a request ended. */
type End = Exit.Exit<unknown, GatewayError>

/** Settles what a request took, and tells how it ended. */
export const arrive = (tools: Tools, journey: Journey, exit: End): Effect.Effect<void> =>
  Effect.suspend(() => {
    settle(journey)
    const { ask, decision, told } = journey
    // Who asked nobody has been given back what was taken: that is the room there is.
    if (decision.attempts.length === 0 && ask.told.standing) tellStanding(tools, journey, told)
    const durationMs = tools.now() - journey.startedAt
    decision.durationMs = Math.round(durationMs)
    decision.outcome = decided(journey, exit)
    const outcome = outcomeOf(journey, exit)
    if (outcome === undefined) return Effect.void
    const settled = toSettled(journey, outcome, durationMs)
    return Effect.map(journey.page.settle(settled), () => {
      tools.telemetry.settled(settled)
      tools.traces.tell(settled, ask.trace)
      tools.requestLog.tell(settled, ask.trace)
    })
  })

/** In the words of decisions. */
const decided = ({ decision: { attempts } }: Journey, exit: End): Decision["outcome"] =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
    ? "left"
    : Exit.isSuccess(exit) && attempts.at(-1)?.outcome === "answered"
    ? "answered"
    : attempts.length === 0
    ? "refused"
    : "failed"

/** In the words of the books; absent where the request was not admitted, and has no page. */
const outcomeOf = (journey: Journey, exit: End): Outcome | undefined => {
  const { ask, broke, calls, isFiltered } = journey
  if (Exit.isSuccess(exit)) {
    if (broke) return broke.reason._tag === "ClientTooSlow" ? "client_abort" : "stream_error"
    return isFiltered ? "filtered" : "ok"
  }
  if (Cause.hasInterruptsOnly(exit.cause)) {
    if (ask.told.stopped) {
      return journey.firstTokenMs === undefined ? "internal_error" : "stream_error"
    }
    return calls.length === 0 ? undefined : "client_abort"
  }
  const error = Cause.squash(exit.cause)
  return error instanceof GatewayError ? ofError(error, calls.length > 0) : "internal_error"
}

const ofError = ({ reason }: GatewayError, isAsked: boolean): Outcome | undefined => {
  switch (reason._tag) {
    case "ProviderFailed":
      return reason.fault.class.startsWith("timeout_") ? "timeout" : "upstream_error"
    case "ClientTooSlow":
      return "client_abort"
    case "Internal":
      return "internal_error"
    case "ModelUnavailable":
      return reason.why === "ledger_unavailable" && !isAsked ? undefined : "upstream_error"
    default:
      return isAsked ? "upstream_error" : undefined
  }
}

const toSettled = (journey: Journey, outcome: Outcome, durationMs: number): Settled => {
  const { calls, firstTokenMs, opened } = journey
  const last = calls.findLast(({ outcome }) => outcome === "answered") ?? calls.at(-1)
  let queueMs = 0
  let upstreamMs = journey.pausedMs
  for (const call of calls) {
    queueMs += call.queueMs
    upstreamMs += call.durationMs - call.queueMs
  }
  return {
    ...opened,
    outcome,
    model: last?.model ?? opened.asked,
    provider: last?.provider,
    durationMs,
    firstTokenMs,
    queueMs,
    upstreamMs,
    calls
  }
}
