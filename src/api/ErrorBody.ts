/**
 * Errors as clients see them: one envelope, six codes.
 *
 * @module
 */
import * as Schema from "effect/Schema"

/** The codes of the native API. */
export const errorCodes = [
  "INVALID_REQUEST",
  "UNAUTHORIZED",
  "MODEL_NOT_FOUND",
  "RATE_LIMIT_EXCEEDED",
  "MODEL_UNAVAILABLE",
  "INTERNAL_ERROR"
] as const

/** A code of the native API. */
export type ErrorCode = typeof errorCodes[number]

const fields = {
  /** What is wrong, and what to do about it. */
  message: Schema.String,
  details: Schema.Struct({
    model: Schema.optionalKey(Schema.String),
    /** A finer word than `code`, for programs. */
    reason: Schema.optionalKey(Schema.String),
    /** What exactly the provider did, where a provider failed. */
    fault: Schema.optionalKey(Schema.String),
    /** Which limit is reached: `requests`, `tokens` or `concurrency`. */
    limit: Schema.optionalKey(Schema.String),
    /** Seconds until it is worth to try again. */
    retry_after: Schema.optionalKey(Schema.Finite),
    /** The scope that the caller lacks. */
    scope: Schema.optionalKey(Schema.String),
    /** What is wrong in the request, part by part. */
    issues: Schema.optionalKey(Schema.Array(Schema.Struct({
      /** Such as `messages.0.role`. */
      path: Schema.String,
      message: Schema.String
    })))
  }),
  request_id: Schema.String
}

/** What went wrong. */
export const ErrorObject = Schema.Struct({ code: Schema.Literals(errorCodes), ...fields })

/** Every error's body. */
export const ErrorBody = Schema.Struct({ error: ErrorObject }).annotate({ identifier: "Error" })

/** The body of an error with one code: what a status is told by where a route can fail in many ways. */
export const errorBody = <const Code extends ErrorCode>(code: Code) =>
  Schema.Struct({ error: Schema.Struct({ code: Schema.Literal(code), ...fields }) })
