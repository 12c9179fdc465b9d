/**
 * Errors as OpenAI tells them.
 *
 * @module
 */
import type { GatewayError, Reason } from "../../domain/GatewayError.ts"
import { toEnvelope } from "../ErrorEnvelope.ts"
import type { Failure } from "../respond.ts"
import { statusOf } from "../statusOf.ts"
import { paramOf, told } from "./invalid.ts"
import { chatNames, type Names, theirs } from "./names.ts"

/** An error as OpenAI's clients read it. */
export interface ErrorObject {
  readonly message: string
  readonly type: string
  /** The field that is wrong, where it is one. */
  readonly param: string | null
  /** A word for programs. */
  readonly code: string | null
}

/** How a request fails that failed for `error`, for a client with these names. */
export const toFailure = (
  error: GatewayError,
  requestId: string,
  names: Names = chatNames
): Failure & { readonly body: { readonly error: ErrorObject } } => {
  const { status: told, error: native, retryAfterMs } = toEnvelope(error, requestId)
  const { reason } = error
  const status = statusOf(reason, told)
  const code = codeOf(reason, native.details.fault ?? native.details.reason)
  return {
    status,
    retryAfterMs,
    body: {
      error: {
        message: messageOf(reason, native.details.model, names) ?? native.message,
        type: typeOf(status, reason, code),
        param: paramIn(reason, names) ?? null,
        code: code ?? null
      }
    }
  }
}

/** What OpenAI has a word of its own for; all others are told by the gateway's. */
const words: ReadonlyMap<string, string> = new Map([
  ["unsupported_input", "unsupported_content"],
  ["unknown_route", "unknown_url"],
  ["wrong_method", "method_not_supported"],
  ["upstream_rate_limited", "rate_limit_exceeded"],
  ["upstream_quota_exhausted", "insufficient_quota"]
])

const codeOf = (reason: Reason, word: string | undefined): string | undefined => {
  switch (reason._tag) {
    case "InvalidRequest":
      return reason.kind === "invalid_request" ? undefined : words.get(reason.kind) ?? reason.kind
    case "Unauthorized":
      return "invalid_api_key"
    case "Forbidden":
      return "insufficient_permissions"
    case "AuthUnavailable":
      return "auth_unavailable"
    case "ModelNotFound":
      return "model_not_found"
    case "RateLimited":
      return "rate_limit_exceeded"
    case "ModelUnavailable":
    case "ProviderFailed":
      return word === undefined ? undefined : words.get(word) ?? word
    case "ClientTooSlow":
    case "Internal":
      return "internal_error"
  }
}

const typeOf = (status: number, reason: Reason, code: string | undefined): string => {
  // OpenAI's type says what there were too many of.
  if (reason._tag === "RateLimited") return reason.limit === "tokens" ? "tokens" : "requests"
  if (status === 429) return code === "insufficient_quota" ? code : "requests"
  return status < 500 ? "invalid_request_error" : "server_error"
}

const paramIn = (reason: Reason, names: Names): string | undefined => {
  switch (reason._tag) {
    case "InvalidRequest":
      return reason.issues[0] && paramOf(theirs(names, reason.issues[0].path))
    case "ModelNotFound":
      return "model"
    case "ProviderFailed":
      return reason.fault.class === "context_length" ? names.prompt : undefined
    default:
      return undefined
  }
}

/** What is said in other words than in the native API, which has other routes and fields. */
const messageOf = (
  reason: Reason,
  model: string | undefined,
  names: Names
): string | undefined => {
  if (reason._tag === "ModelNotFound") {
    return `The model "${model}" does not exist: GET /v1/models lists those that do`
  }
  if (reason._tag !== "InvalidRequest" || !unsupported.has(reason.kind)) return undefined
  const { canDrop, issues } = reason
  const sentences = issues.map(({ message, path }) => told({ message, path: theirs(names, path) }))
  const distinct = Array.from(new Set(sentences))
  const more = distinct.length > mostTold ? `; and ${distinct.length - mostTold} more` : ""
  const advice = canDrop
    ? "send the header X-Penstock-Drop-Unsupported: true"
    : "ask a model that takes it"
  return `${distinct.slice(0, mostTold).join("; ")}${more}. Leave it out, or ${advice}`
}

/** Of so many parts that cannot be honoured each is told. */
const mostTold = 5

/** Why parts of a request cannot be honoured that can be left out of it, by its client or here. */
const unsupported: ReadonlySet<string> = new Set([
  "unsupported_parameter",
  "unsupported_input",
  "unsupported_content",
  "unsupported_tool"
])
