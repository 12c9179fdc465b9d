/**
 * Errors as Google tells them.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { GatewayError, Reason } from "../../domain/GatewayError.ts"
import { howToSend } from "../../auth/errors.ts"
import { type Envelope, toEnvelope } from "../ErrorEnvelope.ts"
import type { Failure } from "../respond.ts"
import { statusOf } from "../statusOf.ts"
import { fieldOf } from "./path.ts"

/** How a request fails that failed for `error`. */
export const toFailure = (
  error: GatewayError,
  requestId: string
): Failure & { readonly body: JsonObject } => {
  const envelope = toEnvelope(error, requestId)
  const { error: native, retryAfterMs } = envelope
  const { reason } = error
  const status = statusOf(reason, envelope.status)
  return {
    status,
    retryAfterMs,
    body: {
      error: {
        code: status,
        message: messageOf(reason, native.details.model) ?? native.message,
        status: statuses.get(status) ?? (status < 500 ? "INVALID_ARGUMENT" : "INTERNAL"),
        details: detailsOf(reason, envelope)
      }
    }
  }
}

/** Google's names. What is not here is the request's fault, or ours. */
const statuses: ReadonlyMap<number, string> = new Map([
  [401, "UNAUTHENTICATED"],
  [403, "PERMISSION_DENIED"],
  [404, "NOT_FOUND"],
  [408, "DEADLINE_EXCEEDED"],
  [412, "FAILED_PRECONDITION"],
  [429, "RESOURCE_EXHAUSTED"],
  [502, "UNAVAILABLE"],
  [503, "UNAVAILABLE"],
  [504, "DEADLINE_EXCEEDED"]
])

/** What is said in other words than in the native API, which has other routes, fields and headers. */
const messageOf = (reason: Reason, model: string | undefined): string | undefined => {
  switch (reason._tag) {
    case "ModelNotFound":
      return `models/${model} is not found: GET /v1beta/models lists those there are`
    case "Unauthorized":
      return reason.message.replace(howToSend, howGooglesSend)
    case "InvalidRequest":
      return invalid(reason)
    default:
      return undefined
  }
}

const howGooglesSend = 'Send your key as "x-goog-api-key: <key>"'

const invalid = (
  { canDrop, issues, kind, message }: Extract<Reason, { readonly _tag: "InvalidRequest" }>
): string => {
  const said = issues.slice(0, mostTold).map(({ path, message }) => `${fieldOf(path)}: ${message}`)
    .join("; ")
  switch (kind) {
    case "unsupported_parameter":
    case "unsupported_input":
      return canDrop
        ? `${said}. Leave it out, or send the header X-Penstock-Drop-Unsupported: true`
        : `${said}. Leave it out, or ask a model that can`
    case "unsupported_content":
      return `${message}: ${said}`
    default:
      return message.replace(howToSend, howGooglesSend)
  }
}

/** Of so many parts that cannot be honoured each is told in the message. */
const mostTold = 5
/** The most faults of one request that are listed. */
const mostListed = 20

const detailsOf = (
  reason: Reason,
  { error, retryAfterMs }: Envelope
): ReadonlyArray<JsonObject> => {
  const { code, details: { fault, limit, model, reason: word, scope }, request_id } = error
  const details: Array<JsonObject> = [
    {
      "@type": typeOf("ErrorInfo"),
      reason: (fault ?? word ?? code).toUpperCase(),
      domain: "penstock",
      metadata: { code, model, limit, scope }
    },
    { "@type": typeOf("RequestInfo"), requestId: request_id }
  ]
  if (reason._tag === "InvalidRequest" && reason.issues.length > 0) {
    details.push({
      "@type": typeOf("BadRequest"),
      fieldViolations: reason.issues.slice(0, mostListed).map(({ path, message }) => ({
        field: fieldOf(path),
        description: message
      }))
    })
  }
  if (retryAfterMs !== undefined) {
    details.push({ "@type": typeOf("RetryInfo"), retryDelay: `${Math.ceil(retryAfterMs) / 1000}s` })
  }
  return details
}

const typeOf = (name: string) => `type.googleapis.com/google.rpc.${name}`
