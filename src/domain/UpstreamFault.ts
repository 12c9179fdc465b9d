/**
 * What a provider did wrong.
 *
 * @module
 */
import * as Data from "effect/Data"

/** The kinds of failure upstream; each has one rule for the client, the retry and the circuit. */
export type FaultClass =
  /** The address could not be reached: refused, no route. */
  | "connect"
  | "dns"
  | "tls"
  /** The connection broke before an answer began. */
  | "reset"
  /** No connection in time. */
  | "timeout_connect"
  /** No head of an answer in time. */
  | "timeout_headers"
  /** A head, but no content in time. */
  | "timeout_first_token"
  /** Content, and then silence for too long. */
  | "timeout_idle"
  /** The whole request took too long. */
  | "timeout_total"
  | "rate_limited"
  /** The account has no quota or money left. */
  | "quota_exhausted"
  | "overloaded"
  /** A failure of the provider's own: 5xx. */
  | "server"
  /** The provider does not take our credential. */
  | "auth"
  /** The provider does not know the model. */
  | "not_found"
  | "context_length"
  /** The provider's content filter refused the request. */
  | "filtered"
  /** The provider refused the request for another reason: the client's to mend. */
  | "bad_request"
  /** Not an answer in the dialect: garbled, cut, or of another shape. */
  | "bad_response"
  | "too_large"
  | "redirect"
  /** A stream broke or ended before the answer was whole. */
  | "stream_cut"
  /** A bug of ours while speaking with the provider, or its actor was restarted. */
  | "crashed"
  /** The provider's actor has no room for another call. */
  | "busy"
  /** The provider's actor is restarting, stopped or draining. */
  | "down"

/** What a provider did wrong, in a form fit for the client's eyes: no credential, no page, no prompt. */
export class UpstreamFault extends Data.TaggedError("UpstreamFault")<{
  readonly class: FaultClass
  /** One sentence. The provider's own words in it are cut at 200 characters and scrubbed. */
  readonly message: string
  /** The status that the provider answered with. */
  readonly status?: number | undefined
  /** When the provider said to come back, in milliseconds from now: from 0 to an hour. */
  readonly retryAfterMs?: number | undefined
}> {}
