/**
 * Why nobody answered, in the one error that the client is told.
 *
 * @module
 */
import { GatewayError } from "../domain/GatewayError.ts"
import type { UpstreamFault } from "../domain/UpstreamFault.ts"

/** What is known so far of why a request is not answered: of each kind, the first is the one to tell. */
export interface Failure {
  fault: { readonly model: string; readonly fault: UpstreamFault } | undefined
  refusal: GatewayError | undefined
  /** When any candidate may be worth asking again, in milliseconds from now. */
  retryInMs: number | undefined
}

/** Nothing yet. */
export const noFailure = (): Failure => ({
  fault: undefined,
  refusal: undefined,
  retryInMs: undefined
})

/** Notes what a provider did: the first fault is told, unless all it says is that it was too small. */
export const noteFault = (failure: Failure, model: string, fault: UpstreamFault): void => {
  if (!failure.fault || failure.fault.fault.class === "context_length") {
    failure.fault = { model, fault }
  }
  noteRetry(failure, fault.retryAfterMs)
}

/**
 * Notes why a candidate was passed over: the first reason is told, unless it is one that only stands
 * because of the choice of the model.
 */
export const noteRefusal = (
  failure: Failure,
  { error, retryInMs }: { readonly error: GatewayError; readonly retryInMs?: number | undefined },
  isChosen: boolean
): void => {
  const { refusal } = failure
  if (!refusal || (isChosen && refusal.reason._tag === "InvalidRequest")) failure.refusal = error
  noteRetry(failure, retryInMs)
}

/** Notes when a candidate may be worth asking: the soonest counts. */
const noteRetry = (failure: Failure, retryInMs: number | undefined): void => {
  if (retryInMs !== undefined) {
    failure.retryInMs = Math.min(failure.retryInMs ?? Infinity, retryInMs)
  }
}

/** What a provider did comes before what kept us from asking one. */
export const explainFailure = ({ fault, refusal, retryInMs }: Failure): GatewayError => {
  if (fault) {
    return new GatewayError({
      reason: { _tag: "ProviderFailed", ...fault, retryAfterMs: retryInMs }
    })
  }
  const reason = refusal?.reason
  if (reason?._tag === "ModelUnavailable" && reason.retryAfterMs !== undefined) {
    return new GatewayError({ reason: { ...reason, retryAfterMs: retryInMs } })
  }
  return refusal ?? nobody
}

const nobody = new GatewayError({
  reason: { _tag: "ModelUnavailable", why: "not_configured", message: "There is nobody to ask" }
})
