/**
 * Everything that a client can be refused for, in one vocabulary.
 *
 * @module
 */
import * as Data from "effect/Data"
import type { Scope } from "./Principal.ts"
import type { UpstreamFault } from "./UpstreamFault.ts"

/** A fault in a request's body: where, and what. */
export interface Issue {
  readonly path: ReadonlyArray<string | number>
  readonly message: string
}

/** Why a request is not answered. */
export type Reason =
  | {
    readonly _tag: "InvalidRequest"
    readonly message: string
    /** 400 unless HTTP has a better word. */
    readonly status: 400 | 404 | 405 | 408 | 412 | 413 | 415
    /** A word for programs, such as `json_too_deep`. */
    readonly kind: string
    readonly issues: ReadonlyArray<Issue>
    /** Whether it would be taken without what is not supported. Default: `false`. */
    readonly canDrop?: boolean | undefined
  }
  | { readonly _tag: "Unauthorized"; readonly message: string }
  | { readonly _tag: "Forbidden"; readonly message: string; readonly scope: Scope }
  /** Who the caller is cannot be found out now. */
  | {
    readonly _tag: "AuthUnavailable"
    readonly message: string
    readonly retryAfterMs: number
  }
  | { readonly _tag: "ModelNotFound"; readonly model: string }
  /** The model is known, and was not even tried. */
  | {
    readonly _tag: "ModelUnavailable"
    /** Absent where it is no matter of the model. */
    readonly model?: string | undefined
    readonly why:
      | "not_configured"
      | "disabled"
      | "shutting_down"
      /** The gateway has more requests than it can take. */
      | "overloaded"
      /** The books cannot be written now: what could not be accounted for is not done. */
      | "ledger_unavailable"
      /** It failed too often lately. */
      | "circuit_open"
      /** Its provider asked for a pause. */
      | "rate_limit_exceeded"
      /** Its provider does not take our credential. */
      | "provider_error"
    readonly message: string
    readonly retryAfterMs?: number | undefined
  }
  /** The caller's own limit is reached, or the one that the model was given. */
  | {
    readonly _tag: "RateLimited"
    readonly of: "key" | "model"
    readonly limit: "requests" | "tokens" | "concurrency"
    readonly model: string
    readonly retryAfterMs: number
  }
  /** The model was tried, and its provider failed. */
  | {
    readonly _tag: "ProviderFailed"
    readonly model: string
    readonly fault: UpstreamFault
    /** When any candidate may be worth asking; the fault's own word where absent. */
    readonly retryAfterMs?: number | undefined
  }
  /** The client left what it was sent unread for too long; there is nobody to tell. */
  | { readonly _tag: "ClientTooSlow" }
  /** A defect of ours; what it was is in the log, by the request's id. */
  | { readonly _tag: "Internal" }

/** The one error of the gateway; `reason` says what happened. */
export class GatewayError extends Data.TaggedError("GatewayError")<{
  readonly reason: Reason
}> {}

/** A request that is wrong in itself. */
export const invalidRequest = (
  message: string,
  { status = 400, kind = "invalid_request", issues = [], canDrop }: {
    readonly status?: 400 | 404 | 405 | 408 | 412 | 413 | 415
    readonly kind?: string
    readonly issues?: ReadonlyArray<Issue>
    readonly canDrop?: boolean
  } = {}
): GatewayError =>
  new GatewayError({
    reason: {
      _tag: "InvalidRequest",
      message,
      status,
      kind,
      issues,
      ...(canDrop === undefined ? {} : { canDrop })
    }
  })
