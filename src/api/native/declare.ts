/**
 * The words in which routes are declared.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import type { Scope } from "../../domain/Principal.ts"
import { errorBody, type ErrorCode } from "../ErrorBody.ts"

/** The scope that a route needs. A route without one is refused when the gateway starts. */
export class Needs extends Context.Service<Needs, Scope | "nothing">()("penstock/api/Needs") {}

/** An error with one status and code. */
export const error = (status: number, code: ErrorCode) =>
  errorBody(code).pipe(HttpApiSchema.status(status))
/** 400: the request is wrong. */
export const badRequest = error(400, "INVALID_REQUEST")
/** 401: who calls is not known. */
export const unauthorized = error(401, "UNAUTHORIZED")
/** 403: the caller may not. */
export const forbidden = error(403, "UNAUTHORIZED")
/** 404: there is no such model. */
export const notFound = error(404, "MODEL_NOT_FOUND")
/** 408: the body came in too slowly. */
export const tooSlow = error(408, "INVALID_REQUEST")
/** 413: the body is too large. */
export const tooLarge = error(413, "INVALID_REQUEST")
/** 415: the body is not JSON. */
export const wrongType = error(415, "INVALID_REQUEST")
/** 429: a limit is reached. */
export const limited = error(429, "RATE_LIMIT_EXCEEDED")
/** 500: a bug. */
export const failed = error(500, "INTERNAL_ERROR")
/** 502: the provider failed. */
export const badGateway = error(502, "MODEL_UNAVAILABLE")
/** 503: nobody can answer now. */
export const unavailable = error(503, "MODEL_UNAVAILABLE")
/** 504: the provider took too long. */
export const tooLate = error(504, "MODEL_UNAVAILABLE")

/** What is said of a route, and the scope that it needs. */
export const route = (needs: Scope | "nothing", summary: string, description: string) =>
  Context.merge(
    Context.make(Needs, needs),
    OpenApi.annotations({
      summary,
      description,
      override: needs === "nothing"
        ? { security: [] }
        : { security: [{ apiKey: [] }, { bearer: [] }], "x-penstock-scope": needs }
    })
  )
