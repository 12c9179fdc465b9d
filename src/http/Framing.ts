/**
 * Where a body ends, and what of the bytes is of it.
 *
 * @module
 */
import * as Chunks from "./Chunks.ts"
import { HttpError } from "./HttpError.ts"
import type { ResponseHead } from "./ResponseHead.ts"

/** How a body is told apart from what follows it; it knows how far the body was read. */
export interface Framing {
  /**
   * Takes the bytes of `buffer` from `from` to `to`, as far as they are of this answer. What is of the
   * body is moved together, where it is not.
   */
  readonly take: (buffer: Uint8Array, from: number, to: number) => Taken | HttpError
  /** Whether the body is whole. */
  readonly isOver: () => boolean
  /** Whether the end of the connection is the end of the body. */
  readonly endsWithConnection: boolean
}

/** What of some bytes is of a body. */
export interface Taken {
  readonly body: Uint8Array
  /** Behind what belongs to this answer. */
  readonly next: number
}

/** How the body of an answer is framed; absent where its status has none. */
export const framingOf = ({ status, headers }: ResponseHead): Framing | HttpError | undefined => {
  if (isBodiless(status)) return undefined
  const coding = headers.get("transfer-encoding")
  const length = headers.get("content-length")
  if (coding !== null) {
    // Other codings were not asked for. Where there is a length too, it does not count (RFC 9112, 6.3).
    return coding.toLowerCase() === "chunked" ? Chunks.make() : malformed
  }
  if (length === null) return untilTheEnd()
  // The same length twice is still that length.
  const lengths = new Set(length.split(",").map((one) => one.trim()))
  const [first = ""] = lengths
  return lengths.size === 1 && /^\d{1,15}$/.test(first) ? ofLength(Number(first)) : malformed
}

const malformed = new HttpError({ why: "malformed" })

/** Whether the connection can be used again after this answer, as far as its head says. */
export const keepsConnection = ({ headers, keepsOpen, status }: ResponseHead): boolean => {
  const coding = headers.get("transfer-encoding")
  const length = headers.get("content-length")
  return keepsOpen && !/\bclose\b/i.test(headers.get("connection") ?? "") &&
    // Whoever sends both, or tells of a body where none can be, is not sure where its answer ends.
    (isBodiless(status)
      ? coding === null && (length === null || length === "0")
      : coding === null || length === null)
}

const isBodiless = (status: number): boolean => status === 204 || status === 304

const ofLength = (length: number): Framing => {
  let rest = length
  return {
    take: (buffer, from, to) => {
      const next = Math.min(to, from + rest)
      rest -= next - from
      return { body: buffer.subarray(from, next), next }
    },
    isOver: () => rest === 0,
    endsWithConnection: false
  }
}

const untilTheEnd = (): Framing => ({
  take: (buffer, from, to) => ({ body: buffer.subarray(from, to), next: to }),
  isOver: () => false,
  endsWithConnection: true
})
