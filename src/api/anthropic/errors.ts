/**
 * Errors as Anthropic tells them.
 *
 * @module
 */
import type { GatewayError, Issue, Reason } from "../../domain/GatewayError.ts"
import { toEnvelope } from "../ErrorEnvelope.ts"
import type { Failure } from "../respond.ts"
import { statusOf } from "../statusOf.ts"
import { clientsPath } from "./clientsPath.ts"

/** An error as Anthropic's clients read it. */
export interface ErrorBody {
  readonly type: "error"
  readonly error: { readonly type: string; readonly message: string }
  readonly request_id: string
}

/** How a request fails that failed for `error`. */
export const toError = (
  error: GatewayError,
  requestId: string
): Failure & { readonly body: ErrorBody } => {
  const { status: told, error: { details, message }, retryAfterMs } = toEnvelope(error, requestId)
  const { reason } = error
  const known = statusOf(reason, told)
  const status = known === 503 && passes(reason) ? overloaded : known
  return {
    status,
    retryAfterMs,
    body: {
      type: "error",
      error: { type: typeOf(status), message: messageOf(reason, details.model) ?? message },
      request_id: requestId
    }
  }
}

/** Anthropic's own status for what passes by itself. */
const overloaded = 529

/** Whether it is a matter of time, and not of what is set up. */
const passes = (reason: Reason): boolean =>
  reason._tag === "ModelUnavailable"
    ? reason.why !== "not_configured" && reason.why !== "disabled"
    : reason._tag === "ProviderFailed"

const types: ReadonlyMap<number, string> = new Map([
  [401, "authentication_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [504, "timeout_error"],
  [overloaded, "overloaded_error"]
])

const typeOf = (status: number): string =>
  types.get(status) ?? (status < 500 ? "invalid_request_error" : "api_error")

/** What is said in other words than in the native API. */
const messageOf = (reason: Reason, model: string | undefined): string | undefined => {
  switch (reason._tag) {
    case "ModelNotFound":
      return `There is no model "${model}": GET /v1/models lists those there are`
    case "InvalidRequest":
      return invalid(reason)
    case "ProviderFailed": {
      const { class: kind, message } = reason.fault
      // By these words agents know that they have to make their conversation shorter.
      return kind === "context_length" && !tooLong.test(message)
        ? `prompt is too long: ${message}`
        : undefined
    }
    default:
      return undefined
  }
}

const invalid = (
  { canDrop, issues, kind, message }: Extract<Reason, { readonly _tag: "InvalidRequest" }>
): string => {
  if (issues.length === 0 || kind === "unsupported_model") return message
  const said = issues.slice(0, mostTold).map(sentence).join("; ")
  if (kind === "unsupported_content") return `${message}: ${said}`
  if (kind !== "unsupported_parameter" && kind !== "unsupported_input") return said
  return canDrop
    ? `${said}. Leave it out, or send the header X-Penstock-Drop-Unsupported: true`
    : `${said}. Leave it out, or ask a model that can`
}

const tooLong = /prompt is too long/i

/** So many issues are told. */
const mostTold = 5

const sentence = ({ path, message }: Issue): string =>
  path.length === 0 ? message : `${clientsPath(path)}: ${message}`
