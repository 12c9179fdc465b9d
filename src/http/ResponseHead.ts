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
  const said = plain.exec(text)
  return said === null
    ? readOdd(text)
    : { status: Number(said[2]), headers: headersIn(text), keepsOpen: said[1] === "1" }
}

/**
 * A head as nearly all are: nothing but ASCII, and every line as it should be. Looked at once, since some
 * providers send two dozen headers of which five are asked for.
 */
const plain =
  /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t -~]*)?\r?\n(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~]*\r?\n)*\r?\n$/

/** The headers in the text of a plain head: each is looked for when it is asked for. */
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

/** Reads any other head, or says that it is none. */
const readOdd = (text: string): ResponseHead | HttpError => {
  if (forbidden.test(text)) return malformed
  const [first = "", ...rest] = text.replace(beyondAscii, "\ufffd").split("\n")
  const said = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?\r?$/.exec(first)
  if (said === null) return malformed
  const fields: Array<readonly [string, string]> = []
  for (const line of rest) {
    if (line === "" || line === "\r") continue
    const colon = line.indexOf(":")
    const name = line.slice(0, Math.max(0, colon))
    // A name with blanks, or a value that goes on in the next line, is read in as many ways as there are readers.
    if (!token.test(name)) return malformed
    fields.push([name.toLowerCase(), line.slice(colon + 1).trim()])
  }
  return { status: Number(said[2]), headers: headersOf(fields), keepsOpen: said[1] === "1" }
}

const malformed = new HttpError({ why: "malformed" })
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Controls, and a return that ends no line: to some readers they end one, to others they are blanks. */
const forbidden = /[^\t\n\r -~\x80-\uffff]|\r(?!\n)/
/** What is beyond ASCII says nothing to us: a blank of Unicode is none, and its letters are no others. */
const beyondAscii = /[^\t\n\r -~]/g
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true })

/** A list: heads are short, and few of their headers are ever asked for. */
const headersOf = (fields: ReadonlyArray<readonly [string, string]>): HttpHeaders => ({
  get: (name) => {
    let value: string | null = null
    for (const [key, one] of fields) {
      if (key === name) value = value === null ? one : `${value}, ${one}`
    }
    return value
  },
  [Symbol.iterator]: () => fields[Symbol.iterator]()
})
