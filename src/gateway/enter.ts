/**
 * Whether a candidate may be asked now.
 *
 * @module
 */
import type { CompletionRequest } from "../domain/Completion.ts"
import { GatewayError, type Reason } from "../domain/GatewayError.ts"
import { isLimited } from "../guard/limits/Limiter.ts"
import type { Go, Wait } from "../guard/Circuits.ts"
import type { Asked } from "../ledger/Entry.ts"
import type { Deployment } from "../routing/ModelTable.ts"
import { admit, withPolicy } from "./admit.ts"
import type { Candidate, Skip } from "./Decision.ts"
import { tellStanding } from "./depart.ts"
import { type Journey, leaveModel } from "./Journey.ts"
import { modelScope, refusal, tokensToReserve } from "./reserve.ts"
import type { Tools } from "./Tools.ts"

/** A candidate that may be asked. */
export interface Entered {
  /** As it can honour it. */
  readonly request: CompletionRequest
  readonly permission: Go
}

/** Why it may not, and what the client is told where nobody else may either. */
export interface Passed extends Skip {
  readonly error: GatewayError
}

/** Whether it was passed over. */
export const isSkip = (entered: Entered | Passed): entered is Passed => "why" in entered

/** What a candidate must have, besides what the request asks for. */
export interface Needs {
  /** A context window larger than this; 0 where any will do. */
  readonly window: number
  /** The request as it can honour it. Default: by its parameters. */
  readonly admit?:
    | ((deployment: Deployment, request: CompletionRequest) => CompletionRequest | GatewayError)
    | undefined
  /** Whether it can take up what another has begun. */
  readonly canTakeUp: (deployment: Deployment, request: CompletionRequest) => boolean
  /** How it then does; absent where it begins from the beginning. */
  readonly resumes: (deployment: Deployment, request: CompletionRequest) => Asked["resumed"]
}

/** Takes what it takes to ask `candidate`, or says why it is passed over. */
export const enter = (
  tools: Tools,
  journey: Journey,
  candidate: Candidate,
  { window, admit: admitted, canTakeUp }: Needs
): Entered | Passed => {
  const { deployment } = candidate
  const unable = inability(journey, candidate, window, tools.now())
  if (unable) return unable
  const { request: asked } = journey.ask
  const given = admitted
    ? admitted(deployment, asked)
    : admit(deployment, withPolicy(deployment, candidate.policy, asked))
  if (given instanceof GatewayError) return { why: "cannot_honour", error: given }
  const { request, dropped } = "dropped" in given ? given : { request: given, dropped: [] }
  if (!canTakeUp(deployment, request)) {
    const { id } = deployment.model
    const message = `Model "${id}" cannot go on with an answer that another began`
    return unavailable("cannot_take_up", id, "provider_error", message)
  }
  const limited = takeModel(tools, journey, candidate, request)
  if (limited) return limited
  const permission = tools.circuits.ask(
    deployment.id,
    deployment.provider.settings.provider.id,
    journey.snapshot.traffic.loadBalancing
  )
  if (permission._tag === "Wait") {
    if (permission.why === "circuit_open") candidate.circuit = "open"
    return held(candidate, permission)
  }
  candidate.circuit = permission.probe ? "half_open" : "closed"
  journey.ask.told.dropped = dropped
  return { request, permission }
}

/** What no waiting mends. */
const inability = (
  { ask, deadline, decision, mostAttempts }: Journey,
  { deployment: { enabled, model, provider }, policy }: Candidate,
  window: number,
  now: number
): Passed | undefined => {
  const { readiness } = provider.settings
  if (!enabled || !policy.enabled) {
    return unavailable("disabled", model.id, "disabled", `Model "${model.id}" is disabled`)
  }
  if (!readiness.ready) {
    return unavailable(readiness.reason, model.id, readiness.reason, readiness.message)
  }
  if (window > 0 && (model.contextWindow ?? 0) <= window) {
    const message = `Model "${model.id}" has no larger window`
    return unavailable("window_too_small", model.id, "provider_error", message)
  }
  if (decision.attempts.length >= mostAttempts) {
    const message = `Request ${ask.id} may ask no more providers`
    return unavailable("no_attempts_left", model.id, "provider_error", message)
  }
  if (now >= deadline) {
    const message = `The time of request ${ask.id} is over`
    return unavailable("no_time_left", model.id, "provider_error", message)
  }
  return undefined
}

/** Takes from the model's own limits, once for all of its deployments. */
const takeModel = (
  tools: Tools,
  journey: Journey,
  { deployment: { model }, policy }: Candidate,
  request: CompletionRequest
): Passed | undefined => {
  if (journey.model?.id === model.id) return undefined
  leaveModel(journey)
  if (!isLimited(policy.limits)) return undefined
  const scope = modelScope(model.id, policy)
  const taken = tools.limiter.take([scope], tokensToReserve(policy.limits, request))
  if (taken._tag === "Taken") {
    journey.model = {
      id: model.id,
      scope,
      reservation: taken.reservation,
      asked: false,
      spent: 0
    }
    return undefined
  }
  tellStanding(tools, journey, scope)
  const retryInMs = taken._tag === "Refused" ? taken.retryAfterMs : undefined
  return { why: "rate_limited", retryInMs, error: refusal("model", model.id, taken) }
}

const held = (
  { deployment: { model, provider } }: Candidate,
  { why, retryInMs }: Wait
): Passed => {
  const { id } = provider.settings.provider
  const [reason, message] = ({
    circuit_open: [
      "circuit_open",
      `Model "${model.id}" failed too often lately, and is given a rest`
    ],
    cooling_down: ["rate_limit_exceeded", `Provider "${id}" asked for a pause`],
    credential_parked: [
      "provider_error",
      `Provider "${id}" refused the key that Penstock has for it`
    ]
  } as const satisfies Record<Wait["why"], readonly [Unavailable["why"], string]>)[why]
  return unavailable(why, model.id, reason, message, retryInMs)
}

type Unavailable = Extract<Reason, { readonly _tag: "ModelUnavailable" }>

const unavailable = (
  skip: Skip["why"],
  model: string,
  why: Unavailable["why"],
  message: string,
  retryInMs?: number
): Passed => ({
  why: skip,
  retryInMs,
  error: new GatewayError({
    reason: {
      _tag: "ModelUnavailable",
      model,
      why,
      message,
      ...(retryInMs === undefined ? {} : { retryAfterMs: retryInMs })
    }
  })
})
