/**
 * Why a caller is not let in, as an error of the gateway.
 *
 * @module
 */
import type { AuthUnavailable, BadCredentials, Forbidden, Unauthorized } from "../auth/errors.ts"
import { GatewayError, invalidRequest } from "../domain/GatewayError.ts"

/** The error of the gateway for one of the door's. */
export const toGatewayError = (
  error: Unauthorized | BadCredentials | AuthUnavailable | Forbidden
): GatewayError => {
  const { message } = error
  switch (error._tag) {
    case "Unauthorized":
      return new GatewayError({ reason: { _tag: "Unauthorized", message } })
    case "BadCredentials":
      return invalidRequest(
        message,
        error.inAddress ? { kind: "credential_in_address" } : { kind: "contradicting_credentials" }
      )
    case "Forbidden":
      return new GatewayError({ reason: { _tag: "Forbidden", message, scope: error.scope } })
    case "AuthUnavailable": {
      const retryAfterMs = error.retryAfterSeconds * 1000
      return new GatewayError({ reason: { _tag: "AuthUnavailable", message, retryAfterMs } })
    }
  }
}
