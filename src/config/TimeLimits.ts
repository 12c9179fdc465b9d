/**
 * How long things may take.
 *
 * @module
 */

/** The time limits of a request, in milliseconds. */
export interface TimeLimits {
  /** Until the head of a streamed answer. Default: 30 s. */
  readonly streamHeadMs: number
  /** Until the head of an answer in one piece, which comes when all is written. Default: 300 s. */
  readonly wholeHeadMs: number
  /** Until the first content of a streamed answer. Default: 60 s. */
  readonly firstTokenMs: number
  /** Between one piece of content and the next. Default: 30 s. */
  readonly idleMs: number
  /** For the whole request. Default: 600 s. */
  readonly totalMs: number
  /** Silence after which a comment tells the client that the answer goes on. Default: 15 s. */
  readonly keepAliveMs: number
  /** How long a client may leave what it is sent unread. Default: 60 s. */
  readonly slowClientMs: number
}

/** The defaults. */
export const defaultTimeLimits: TimeLimits = {
  streamHeadMs: 30_000,
  wholeHeadMs: 300_000,
  firstTokenMs: 60_000,
  idleMs: 30_000,
  totalMs: 600_000,
  keepAliveMs: 15_000,
  slowClientMs: 60_000
}
