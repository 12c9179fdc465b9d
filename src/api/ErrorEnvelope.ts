/**
 * From the gateway's errors to HTTP's.
 *
 * @module
 */
import type { GatewayError, Reason } from "../domain/GatewayError.ts"
import type { FaultClass, UpstreamFault } from "../domain/UpstreamFault.ts"
import type { ErrorCode, ErrorObject } from "./ErrorBody.ts"

/** An error, ready to be sent. */
export interface Envelope {
  readonly status: number
  readonly error: typeof ErrorObject.Type
  readonly retryAfterMs: number | undefined
}

/** What a client is told of an error. */
export const toEnvelope = ({ reason }: GatewayError, requestId: string): Envelope => {
  const { status, code, message, details, retryAfterMs } = tell(reason)
  const retry = retryAfterMs === undefined ? {} : { retry_after: Math.ceil(retryAfterMs / 1000) }
  return {
    status,
    retryAfterMs,
    error: { code, message, details: { ...details, ...retry }, request_id: requestId }
  }
}

interface Told {
  readonly status: number
  readonly code: ErrorCode
  readonly message: string
  readonly details: Omit<typeof ErrorObject.Type["details"], "retry_after">
  readonly retryAfterMs?: number | undefined
}

/** The most faults of one request that are listed. */
const mostIssues = 20

const tell = (reason: Reason): Told => {
  switch (reason._tag) {
    case "InvalidRequest": {
      const { status, message, kind, issues } = reason
      const listed = issues.slice(0, mostIssues).map(({ path, message }) => ({
        path: printable(path.join(".")),
        message
      }))
      const details = listed.length === 0 ? { reason: kind } : { reason: kind, issues: listed }
      return { status, code: "INVALID_REQUEST", message, details }
    }
    case "Unauthorized":
      return {
        status: 401,
        code: "UNAUTHORIZED",
        message: reason.message,
        details: { reason: "invalid_credentials" }
      }
    case "Forbidden":
      return {
        status: 403,
        code: "UNAUTHORIZED",
        message: reason.message,
        details: { reason: "insufficient_scope", scope: reason.scope }
      }
    case "AuthUnavailable":
      return {
        status: 503,
        code: "UNAUTHORIZED",
        message: reason.message,
        details: { reason: "auth_unavailable" },
        retryAfterMs: reason.retryAfterMs
      }
    case "ModelNotFound":
      return {
        status: 404,
        code: "MODEL_NOT_FOUND",
        message: `There is no model "${
          printable(reason.model)
        }": GET /api/v1/llm/models lists those there are`,
        details: { model: printable(reason.model) }
      }
    case "ModelUnavailable":
      return {
        status: 503,
        code: "MODEL_UNAVAILABLE",
        message: reason.message,
        details: {
          ...(reason.model === undefined ? {} : { model: reason.model }),
          reason: reason.why
        },
        retryAfterMs: reason.retryAfterMs
      }
    case "RateLimited":
      return {
        status: 429,
        code: "RATE_LIMIT_EXCEEDED",
        message: `${limited[reason.of].whose} limit of ${
          limits[reason.limit]
        } is reached: try again later`,
        details: {
          model: printable(reason.model),
          reason: limited[reason.of].reason,
          limit: reason.limit
        },
        retryAfterMs: reason.retryAfterMs
      }
    case "ProviderFailed":
      return tellFault(reason.model, reason.fault, reason.retryAfterMs)
    case "ClientTooSlow":
    case "Internal":
      return {
        status: 500,
        code: "INTERNAL_ERROR",
        message: "Penstock made a mistake. Its log says more, by this request's id",
        details: {}
      }
  }
}

const limited = {
  key: { reason: "key_limit", whose: "Your key's" },
  model: { reason: "model_limit", whose: "The model's" }
}
const limits = {
  requests: "requests a minute",
  tokens: "tokens a minute",
  concurrency: "requests at once"
}

/** A client's own words, as they may stand in a message. */
const printable = (text: string): string =>
  text.replace(/[^\x20-\x7e\u00a1-\u024f\u0370-\u1fff\u2e80-\uffef]/g, "?").slice(0, 128)

const tellFault = (
  model: string,
  fault: UpstreamFault,
  retryAfterMs = fault.retryAfterMs
): Told => {
  const [status, reason, kind] = rows[fault.class]
  const details = { model, reason, fault: kind }
  const { message } = fault
  if (reason !== kind) {
    return { status, code: "MODEL_UNAVAILABLE", message, details, retryAfterMs }
  }
  // The client's to mend. Of the provider's own statuses only these may pass.
  const passed = fault.class === "bad_request" && (fault.status === 413 || fault.status === 422)
    ? fault.status
    : status
  return { status: passed, code: "INVALID_REQUEST", message, details: { model, reason } }
}

/**
 * Status, the contract's `details.reason`, and the exact word for what the provider did. Where the
 * two words are the same the fault is in the request, and the code is `INVALID_REQUEST`. A new class
 * does not compile without its row.
 */
const rows = {
  connect: [502, "provider_error", "upstream_unreachable"],
  dns: [502, "provider_error", "upstream_unreachable"],
  tls: [502, "provider_error", "upstream_tls_error"],
  reset: [502, "provider_error", "upstream_reset"],
  timeout_connect: [504, "timeout", "upstream_timeout"],
  timeout_headers: [504, "timeout", "upstream_timeout"],
  timeout_first_token: [504, "timeout", "upstream_timeout"],
  timeout_idle: [504, "timeout", "upstream_stream_timeout"],
  timeout_total: [504, "timeout", "upstream_timeout"],
  rate_limited: [503, "rate_limit_exceeded", "upstream_rate_limited"],
  quota_exhausted: [503, "provider_error", "upstream_quota_exhausted"],
  overloaded: [503, "provider_error", "upstream_overloaded"],
  server: [502, "provider_error", "upstream_error"],
  auth: [502, "provider_error", "upstream_auth_failed"],
  not_found: [502, "provider_error", "upstream_model_not_found"],
  context_length: [400, "context_length_exceeded", "context_length_exceeded"],
  filtered: [400, "content_filter", "content_filter"],
  bad_request: [400, "upstream_rejected_request", "upstream_rejected_request"],
  bad_response: [502, "provider_error", "upstream_bad_response"],
  too_large: [502, "provider_error", "upstream_response_too_large"],
  redirect: [502, "provider_error", "upstream_redirect_refused"],
  stream_cut: [502, "provider_error", "upstream_stream_interrupted"],
  crashed: [502, "provider_error", "provider_crashed"],
  busy: [503, "provider_error", "provider_busy"],
  down: [503, "provider_error", "provider_down"]
} as const satisfies Record<FaultClass, readonly [number, string, string]>

/** Whether a client that repeats failed requests by itself should: not where that was done for it. */
export const isWorthRepeating = ({ reason }: GatewayError): boolean =>
  reason._tag !== "ProviderFailed" || passing.has(reason.fault.class)

/** Faults that pass by themselves. */
const passing: ReadonlySet<FaultClass> = new Set(["rate_limited", "overloaded", "busy", "down"])
