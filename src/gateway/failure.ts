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

/** Notes when a candidate may be worth asking: the soonest counts. */
export const noteRetry = (failure: Failure, retryInMs: number | undefined): void => {
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
