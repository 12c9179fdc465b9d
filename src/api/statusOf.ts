/**
 * The status by which clients of other APIs know an error.
 *
 * @module
 */
import type { Reason } from "../domain/GatewayError.ts"

/**
 * The native API keeps 429 for limits of the caller's own; clients of other APIs know one kind, and
 * wait where they see it. So a provider's limit or quota, if nobody else could answer, is told as 429
 * there, and everything else with the `native` status.
 */
export const statusOf = (reason: Reason, native: number): number => isLimit(reason) ? 429 : native

const isLimit = (reason: Reason): boolean => {
  switch (reason._tag) {
    case "ProviderFailed":
      return reason.fault.class === "rate_limited" || reason.fault.class === "quota_exhausted"
    case "ModelUnavailable":
      return reason.why === "rate_limit_exceeded"
    default:
      return false
  }
}
