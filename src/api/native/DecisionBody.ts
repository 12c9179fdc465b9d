/**
 * What `/requests/{id}` and `/route/explain` answer.
 *
 * @module
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { strategies } from "../../config/Traffic.ts"
import { toDollars, totalNanos } from "../../domain/Cost.ts"
import type { Attempt, Candidate, Decision, Skip } from "../../gateway/Decision.ts"
import type { Explanation } from "../../gateway/explain.ts"
import type { Room, Standing } from "../../guard/limits/Limiter.ts"

const optional = Schema.optionalKey

const SkipBody = Schema.Struct({
  /** Such as `circuit_open`, `rate_limited`, `cannot_honour`. */
  why: Schema.String,
  retry_in_ms: optional(Schema.Natural)
})

const CandidateBody = Schema.Struct({
  /** Such as `gpt-4@openai`. */
  deployment: Schema.String,
  model: Schema.String,
  provider: Schema.String,
  /** How its circuit stood when its turn came; absent where it did not come. */
  circuit: optional(Schema.Literals(["closed", "open", "half_open"])),
  /** Absent where it was asked, or where there was no need to. */
  skipped: optional(SkipBody)
})

const AttemptBody = Schema.Struct({
  number: Schema.Natural,
  deployment: Schema.String,
  /** Milliseconds after the request came. */
  started_ms: Schema.Natural,
  duration_ms: optional(Schema.Natural),
  /** `answered`, `left`, `under_way`, or what the provider did wrong. */
  outcome: Schema.String,
  /** The provider's status, where it failed with one. */
  status: optional(Schema.Natural),
  /** How a broken stream was continued by it. */
  resumed: optional(Schema.Literals(["prefill", "instruction", "scratch"])),
  usage: optional(Schema.Struct({
    prompt_tokens: Schema.Natural,
    completion_tokens: Schema.Natural,
    source: Schema.Literals(["reported", "estimated", "mixed"])
  })),
  /** US dollars; absent where the price is unknown or nothing is charged. */
  cost: optional(Schema.Finite)
})

const RoomBody = Schema.Struct({
  limit: Schema.Natural,
  remaining: Schema.Natural,
  reset_ms: Schema.Natural
})

/** Room in the limits; absent where there is none. */
const LimitsBody = Schema.Struct({ requests: optional(RoomBody), tokens: optional(RoomBody) })

const planned = {
  strategy: Schema.Literals(strategies),
  /** The version of the configuration. */
  config_version: Schema.Natural,
  /** In the order in which they are asked. */
  candidates: Schema.Array(CandidateBody),
  limits: optional(LimitsBody)
}

/** Who would be asked. */
export const ExplanationBody = Schema.Struct({
  /** Present where your own limits would refuse it before anybody is asked. */
  refused: optional(SkipBody),
  ...planned
}).annotate({ identifier: "Explanation" })

/** What was decided about a request, and how it went. */
export const DecisionBody = Schema.Struct({
  id: Schema.String,
  /** When it came. */
  at: Schema.String,
  /** The id of the key or token that asked. */
  caller: Schema.String,
  /** As the client named it. */
  model: Schema.String,
  streamed: Schema.Boolean,
  outcome: Schema.Literals(["under_way", "answered", "failed", "refused", "left"]),
  duration_ms: optional(Schema.Natural),
  ...planned,
  attempts: Schema.Array(AttemptBody)
}).annotate({ identifier: "Decision" })

/** Who would be asked, in the API's words. */
export const toExplanation = (
  { candidates, refused, standing, strategy, version }: Explanation
): typeof ExplanationBody.Type => ({
  ...(refused === undefined ? {} : { refused: toSkip(refused) }),
  strategy,
  config_version: version,
  candidates: candidates.map(toCandidate),
  ...toLimits(standing)
})

/** What was decided, in the API's words. */
export const toDecision = (decision: Decision): typeof DecisionBody.Type => ({
  id: decision.id,
  at: DateTime.formatIso(DateTime.makeUnsafe(decision.at)),
  caller: decision.caller,
  model: decision.model,
  streamed: decision.streamed,
  outcome: decision.outcome,
  ...(decision.durationMs === undefined ? {} : { duration_ms: decision.durationMs }),
  strategy: decision.strategy,
  config_version: decision.version,
  candidates: decision.candidates.map(toCandidate),
  ...toLimits(decision.standing),
  attempts: decision.attempts.map(toAttempt)
})

const toCandidate = (
  { circuit, deployment, skipped }: Candidate
): typeof CandidateBody.Type => ({
  deployment: deployment.id,
  model: deployment.model.id,
  provider: deployment.model.provider,
  ...(circuit === undefined ? {} : { circuit }),
  ...(skipped === undefined ? {} : {
    skipped: toSkip(skipped)
  })
})

const toSkip = ({ why, retryInMs }: Skip): typeof SkipBody.Type => ({
  why,
  ...(retryInMs === undefined ? {} : { retry_in_ms: Math.ceil(retryInMs) })
})

const toAttempt = (attempt: Attempt): typeof AttemptBody.Type => ({
  number: attempt.number,
  deployment: attempt.deployment,
  started_ms: attempt.startedMs,
  ...(attempt.durationMs === undefined ? {} : { duration_ms: attempt.durationMs }),
  outcome: attempt.outcome,
  ...(attempt.status === undefined ? {} : { status: attempt.status }),
  ...(attempt.resumed === undefined ? {} : { resumed: attempt.resumed }),
  ...(attempt.usage === undefined ? {} : {
    usage: {
      prompt_tokens: attempt.usage.promptTokens,
      completion_tokens: attempt.usage.completionTokens,
      source: attempt.usage.source
    }
  }),
  ...(attempt.cost === undefined ? {} : { cost: toDollars(totalNanos(attempt.cost)) })
})

const toLimits = (standing: Standing | undefined) =>
  standing?.requests === undefined && standing?.tokens === undefined ? {} : {
    limits: {
      ...(standing.requests === undefined ? {} : { requests: toRoom(standing.requests) }),
      ...(standing.tokens === undefined ? {} : { tokens: toRoom(standing.tokens) })
    }
  }

const toRoom = ({ limit, remaining, resetMs }: Room): typeof RoomBody.Type => ({
  limit,
  remaining,
  reset_ms: Math.ceil(resetMs)
})
