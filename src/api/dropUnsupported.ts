/**
 * Whether a client wants left out what its model cannot honour.
 *
 * @module
 */
import { type GatewayError, invalidRequest } from "../domain/GatewayError.ts"

/** What `X-Penstock-Drop-Unsupported` says; `otherwise` where it is not there. */
export const dropUnsupported = (headers: Headers, otherwise: boolean): boolean | GatewayError => {
  const said = headers.get("x-penstock-drop-unsupported")?.trim().toLowerCase()
  if (said === undefined) return otherwise
  return said === "true" || said === "false" ? said === "true" : invalidRequest(
    "X-Penstock-Drop-Unsupported is true or false",
    { kind: "invalid_header" }
  )
}
