/**
 * What goes wrong between a request and its answer, below what the answer says.
 *
 * @module
 */
import * as Data from "effect/Data"

/** What went wrong. */
export type HttpErrorKind =
  /** The name has no address. */
  | "dns"
  /** Nobody takes the connection, or it may not be made. */
  | "connect"
  /** No connection, or no TLS on it, in time. */
  | "connect_timeout"
  | "tls"
  /** A header holds what no header can: nothing was sent. */
  | "unsendable"
  /** The connection was over before the head of an answer was whole. */
  | "reset"
  /** The body broke off. */
  | "cut"
  /** What came is not HTTP/1. */
  | "malformed"
  /** The head is larger than anything that is read. */
  | "head_too_large"

/** What went wrong. Its cause is the runtime's own words: they may hold an address, and are never shown. */
export class HttpError extends Data.TaggedError("HttpError")<{
  readonly why: HttpErrorKind
  readonly cause?: unknown
}> {}
