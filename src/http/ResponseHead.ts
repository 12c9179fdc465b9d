/**
 * The head of an answer: its status and its headers.
 *
 * @module
 */
import { HttpError } from "./HttpError.ts"
import type { HttpHeaders } from "./HttpResponse.ts"

/** The head of an answer. */
export interface ResponseHead {
  readonly status: number
  readonly headers: HttpHeaders
  /** Whether its protocol keeps connections open by itself: HTTP/1.1, and not 1.0. */
  readonly keepsOpen: boolean
}

/** So much of a head is read, in bytes. */
export const mostHead = 64 * 1024

/**
 * Where the head in the first `to` bytes ends, looked for from `from` on: behind its empty line. -1 where
 * it does not end there.
 */
export const endOfHead = (bytes: Uint8Array, from: number, to: number): number => {
  for (let at = bytes.indexOf(lineFeed, from); at >= 0 && at < to;) {
    const next = bytes.indexOf(lineFeed, at + 1)
    if (next < 0 || next >= to) return -1
    if (next === at + 1 || (next === at + 2 && bytes[at + 1] === carriageReturn)) return next + 1
    at = next
  }
  return -1
}

const lineFeed = 10
const carriageReturn = 13

/** Whether `bytes` can be the beginning of a head: who speaks something else may never end it. */
export const canBeHead = (bytes: Uint8Array): boolean => {
  for (let at = 0; at < Math.min(bytes.length, protocol.length); at++) {
    if (bytes[at] !== protocol[at]) return false
  }
  return true
}

const protocol = new TextEncoder().encode("HTTP/1.")

/** Reads a head that is whole, with the empty line behind it. */
export const readHead = (bytes: Uint8Array): ResponseHead | HttpError => {
  const text = utf8.decode(bytes)
  const said = whole.exec(text)
  if (said === null) return malformed
  // As many characters as bytes: there is nothing beyond ASCII but what was made of broken UTF-8.
  const headers = headersIn(
    text.length === bytes.length ? text : text.replace(beyondAscii, "\ufffd")
  )
  return { status: Number(said[2]), headers, keepsOpen: said[1] === "1" }
}

const malformed = new HttpError({ why: "malformed" })
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true })

/**
 * All of a head. A name with blanks, a value that goes on in the next line, a control, or a return that
 * ends no line is read in as many ways as there are readers: such a head is none.
 */
const whole =
  /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t -~\x80-\uffff]*)?\r?\n(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\uffff]*\r?\n)*\r?\n$/
/** What is beyond ASCII says nothing to us: a blank of Unicode is none, and its letters are no others. */
const beyondAscii = /[\x80-\uffff]/g

/** The headers in a head's text. Some providers send two dozen, of which five are asked for. */
const headersIn = (text: string): HttpHeaders => {
  const lower = text.toLowerCase()
  return {
    get: (name) => {
      const before = `\n${name}:`
      let value: string | null = null
      for (let at = lower.indexOf(before); at >= 0; at = lower.indexOf(before, at + 1)) {
        const from = at + before.length
        const one = text.slice(from, text.indexOf("\n", from)).trim()
        value = value === null ? one : `${value}, ${one}`
      }
      return value
    },
    *[Symbol.iterator]() {
      for (let at = text.indexOf("\n") + 1; at < text.length;) {
        const end = text.indexOf("\n", at)
        const colon = text.indexOf(":", at)
        // The empty line has none, and nothing comes behind it.
        if (colon >= 0) yield [lower.slice(at, colon), text.slice(colon + 1, end).trim()] as const
        at = end + 1
      }
    }
  }
}
