/**
 * How long a client waits, where it says so.
 *
 * @module
 */
import { type GatewayError, invalidRequest } from "../domain/GatewayError.ts"

/** Ours, and the one that OpenAI's and Anthropic's own clients send; both in seconds. */
const ours = "x-penstock-timeout"
const theirs = "x-stainless-timeout"

/** The longest that is believed: a day. */
const longestSeconds = 86_400

/** How long a client waits, in milliseconds, where it says so. */
export interface Patience {
  /** For all of the answer. */
  readonly timeoutMs: number | undefined
  /** For the first content of a stream: the timers of those libraries end with an answer's head. */
  readonly patienceMs: number | undefined
}

/** The client's own limits. */
export const timeoutOf = (headers: Headers, isStreamed: boolean): Patience | GatewayError => {
  const own = headers.get(ours)
  if (own === null) {
    const seconds = secondsOf(headers.get(theirs))
    // Set by a library: one that cannot be read is as good as none.
    const ms = seconds && seconds * 1000
    return isStreamed
      ? { timeoutMs: undefined, patienceMs: ms }
      : { timeoutMs: ms, patienceMs: undefined }
  }
  const seconds = secondsOf(own)
  return seconds === undefined
    ? invalidRequest(
      `X-Penstock-Timeout is a number of seconds, more than 0 and at most ${longestSeconds}`,
      { kind: "invalid_timeout" }
    )
    : { timeoutMs: seconds * 1000, patienceMs: undefined }
}

const secondsOf = (text: string | null): number | undefined => {
  if (text === null || !/^\d{1,6}(\.\d{1,6})?$/.test(text)) return undefined
  const seconds = Number(text)
  return seconds > 0 && seconds <= longestSeconds ? seconds : undefined
}
