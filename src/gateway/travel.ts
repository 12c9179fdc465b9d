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
import type { Needs, Passed } from "./enter.ts"
import { explainFailure, type Failure, noFailure, noteFault, noteRefusal } from "./failure.ts"
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

/** What a way of answering adds to the rules. */
export interface Manner {
  readonly aftermath: Aftermath
  /** The request as a candidate can honour it. Default: by its parameters. */
  readonly admit?: Needs["admit"]
  /** Whether a candidate can take up what another has begun. */
  readonly canTakeUp: Needs["canTakeUp"]
  readonly resumes: Needs["resumes"]
}

/** Has the candidates of `journey` make `course`, in order, until one answers. */
export const travel = Effect.fnUntraced(function* <A>(
  tools: Tools,
  journey: Journey,
  course: Course<A>,
  { admit, aftermath, canTakeUp, resumes }: Manner
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
        const called = yield* call(
          tools,
          journey,
          candidate,
          { window, admit, canTakeUp, resumes },
          course
        )
        if (called._tag === "Passed") {
          const { passed } = called
          if (!wasAsked(journey, candidate)) candidate.skipped = passed
          noteRefusal(failure, passed, journey.ask.request.model === auto)
          if (isTheClients(passed, candidate, journey, failure)) return yield* passed.error
          break
        }
        const { leg, result } = called
        if (Result.isSuccess(result)) return result.success
        const fault = result.failure
        if (fault._tag === "ClientTooSlow") {
          return yield* new GatewayError({ reason: { _tag: "ClientTooSlow" } })
        }
        noteFault(failure, candidate.deployment.model.id, fault)
        const rule = rules[fault.class]
        const next = aftermath(fault, leg)
        if (next === "again") continue
        if (next === "over" || rule.next === "none") return yield* explainFailure(failure)
        const backoff = backoffMs(tries, tools.random())
        if (tries <= rule.again && mayRepeat(tools, journey, candidate, backoff)) {
          journey.pausedMs += backoff
          yield* Effect.sleep(backoff)
          continue
        }
        if (rule.next === "configured" && !candidate.policy.rerouteFiltered) {
          return yield* explainFailure(failure)
        }
        if (rule.next === "larger") window = candidate.deployment.model.contextWindow ?? Infinity
        const { retryAfterMs = Infinity } = fault
        const asked = rule.waits ? Math.max(retryAfterMs, holdMs(fault)) : Infinity
        if (asked <= Math.min(pause?.ms ?? Infinity, longestPauseMs)) {
          pause = { candidate, ms: asked }
        }
        break
      }
    }
    if (pause === undefined || waited) return yield* explainFailure(failure)
    waited = true
    // Spread, so that not all who were told the same come back at once.
    const ms = pause.ms + tools.random() * spreadMs
    const { provider } = pause.candidate.deployment.provider.settings
    if (!hasTime(tools, journey, ms) || !tools.retries.take(provider.id)) {
      return yield* explainFailure(failure)
    }
    journey.pausedMs += ms
    yield* Effect.sleep(ms)
    round = [pause.candidate]
  }
})

/** Up to so many milliseconds come on top of a pause. */
const spreadMs = 250

/** Whether there is an attempt left, and time for it after `pauseMs`. */
const hasTime = (
  tools: Tools,
  { deadline, decision, mostAttempts }: Journey,
  pauseMs: number
): boolean => decision.attempts.length < mostAttempts && tools.now() + pauseMs < deadline

/** Whether the same candidate may be asked once more; takes that from the budget. */
const mayRepeat = (
  tools: Tools,
  journey: Journey,
  { deployment: { id, provider: { settings: { provider } } } }: Candidate,
  pauseMs: number
): boolean =>
  hasTime(tools, journey, pauseMs) && tools.circuits.peek(id, provider.id)._tag === "Go" &&
  tools.retries.take(provider.id)

const wasAsked = ({ decision }: Journey, { deployment }: Candidate): boolean =>
  decision.attempts.some((attempt) => attempt.deployment === deployment.id)

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
