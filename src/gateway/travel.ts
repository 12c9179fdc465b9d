/**
 * From candidate to candidate until one answers: who is asked, who is asked again, who is passed
 * over, and when to give up. One deadline and one number of attempts hold for all of it.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { GatewayError } from "../domain/GatewayError.ts"
import type { UpstreamFault } from "../domain/UpstreamFault.ts"
import { backoffMs, holdMs, rules } from "../guard/rules.ts"
import type { Candidate } from "./Decision.ts"
import { call, type Course } from "./call.ts"
import type { Passed } from "./enter.ts"
import { explainFailure, type Failure, noFailure, noteRetry } from "./failure.ts"
import type { Journey, Leg } from "./Journey.ts"
import { auto } from "./plan.ts"
import type { Tools } from "./Tools.ts"

/**
 * What a failed call leaves to do, beside the rule of its fault: `again` asks the same candidate at
 * once in another way, `over` says that nobody can take it up.
 */
export type Aftermath = (fault: UpstreamFault, leg: Leg) => "by_rule" | "again" | "over"

/** A pause that a provider asks for is waited out up to here, where nobody else can answer. */
const longestPauseMs = 5000

/** Has the candidates of `journey` make `course`, in order, until one answers. */
export const travel = Effect.fnUntraced(function* <A>(
  tools: Tools,
  journey: Journey,
  course: Course<A>,
  aftermath: Aftermath
): Effect.fn.Return<A, GatewayError> {
  const failure = noFailure()
  let round = journey.decision.candidates
  let waited = false
  /** Set once a request was too long: only a larger window will do. */
  let window = 0
  while (true) {
    let pause: { readonly candidate: Candidate; readonly ms: number } | undefined
    for (const candidate of round) {
      for (let tries = 1;; tries++) {
        const called = yield* call(tools, journey, candidate, window, course)
        if (called._tag === "Passed") {
          const { passed } = called
          if (tries === 1) candidate.skipped = passed
          failure.refusal ??= passed.error
          noteRetry(failure, passed.retryInMs)
          if (isTheClients(passed, candidate, journey, failure)) return yield* passed.error
          break
        }
        const { leg, result } = called
        if (Result.isSuccess(result)) return result.success
        const fault = result.failure
        if (fault._tag === "ClientTooSlow") {
          return yield* new GatewayError({ reason: { _tag: "ClientTooSlow" } })
        }
        failure.fault ??= { model: candidate.deployment.model.id, fault }
        noteRetry(failure, fault.retryAfterMs)
        const rule = rules[fault.class]
        const next = aftermath(fault, leg)
        if (next === "again") continue
        if (next === "over" || rule.next === "none") return yield* explainFailure(failure)
        const { provider } = candidate.deployment.provider.settings
        if (tries <= rule.again && mayAsk(tools, journey) && tools.retries.take(provider.id)) {
          yield* Effect.sleep(backoffMs(tries, tools.random()))
          continue
        }
        if (rule.next === "configured" && !candidate.policy.rerouteFiltered) {
          return yield* explainFailure(failure)
        }
        if (rule.next === "larger") window = candidate.deployment.model.contextWindow ?? Infinity
        const { retryAfterMs = Infinity } = fault
        const ms = rule.waits ? Math.max(retryAfterMs, holdMs(fault)) : Infinity
        const most = Math.min(pause?.ms ?? longestPauseMs, journey.deadline - tools.now())
        if (ms <= most) pause = { candidate, ms }
        break
      }
    }
    if (pause === undefined || waited || !mayAsk(tools, journey)) {
      return yield* explainFailure(failure)
    }
    const { provider } = pause.candidate.deployment.provider.settings
    if (!tools.retries.take(provider.id)) return yield* explainFailure(failure)
    waited = true
    // Spread, so that not all who were told the same come back at once.
    yield* Effect.sleep(pause.ms + tools.random() * 250)
    round = [pause.candidate]
  }
})

/** Whether there is an attempt left, and time for it. */
const mayAsk = (tools: Tools, { deadline, decision, mostAttempts }: Journey): boolean =>
  decision.attempts.length < mostAttempts && tools.now() < deadline

/**
 * Whether the request asks for what the model that it names cannot do: that is told, though another
 * model could.
 */
const isTheClients = (
  { why }: Passed,
  { deployment: { model } }: Candidate,
  { ask, decision: { candidates } }: Journey,
  { fault, refusal }: Failure
): boolean =>
  why === "cannot_honour" && fault === undefined && ask.request.model !== auto &&
  refusal?.reason._tag === "InvalidRequest" &&
  candidates.findLast(({ deployment }) =>
      deployment.model.id === candidates[0]?.deployment.model.id
    )
      ?.deployment.model === model
