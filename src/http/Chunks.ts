/**
 * Bodies in chunks (RFC 9112, 7.1).
 *
 * @module
 */
import type { Framing } from "./Framing.ts"
import { HttpError } from "./HttpError.ts"

/** What is read now. */
type Place =
  /** The digits of a size. */
  | "size"
  /** Blanks behind the digits. */
  | "blanks"
  /** What stands behind the size. */
  | "extension"
  | "data"
  /** The end of the line behind the data. */
  | "behind"
  /** The trailers, and the empty line behind them. */
  | "trailers"
  | "over"

/** So long may what is not of the body be at once: a size with its extensions, or the trailers; in bytes. */
const mostBetween = 16 * 1024
/** More digits than any body needs. */
const mostSize = 2 ** 48

/** A body in chunks. */
export const make = (): Framing => {
  let place: Place = "size"
  /** Of this chunk, still to come. */
  let size = 0
  let digits = 0
  let between = 0
  /** How long the line of trailers is so far. */
  let line = 0
  /** A return has come: it ends a line, together with what has to follow. */
  let isReturned = false

  const start = (): void => {
    place = "size"
    size = 0
    digits = 0
    between = 0
  }

  /** Takes a blank, the beginning of an extension, or the end of the line; says whether it is one. */
  const behindSize = (byte: number): boolean => {
    place = byte === semicolon ? "extension" : "blanks"
    if (byte === lineFeed) {
      place = size === 0 ? "trailers" : "data"
      line = 0
    }
    return byte === semicolon || byte === lineFeed || isReturned || byte === 0x20 || byte === 0x09
  }

  /** Takes one byte that is not of the body; says whether it may stand there. */
  const step = (byte: number): boolean => {
    if (++between > mostBetween || (isReturned && byte !== lineFeed)) return false
    isReturned = byte === carriageReturn
    switch (place) {
      case "size": {
        const digit = hexadecimal(byte)
        if (digit >= 0) {
          digits++
          size = size * 16 + digit
          return size <= mostSize
        }
        return digits > 0 && behindSize(byte)
      }
      case "blanks":
        return behindSize(byte)
      case "extension":
        return byte !== lineFeed || behindSize(byte)
      case "behind":
        if (byte === lineFeed) start()
        return byte === lineFeed || isReturned
      case "trailers":
        if (byte === lineFeed) {
          if (line === 0) place = "over"
          line = 0
        } else if (!isReturned) line++
        return true
      default:
        return false
    }
  }

  return {
    take: (buffer, from, to) => {
      let at = from
      /** What is of the body stands from `first` to `end`. */
      let first = from
      let end = from
      while (at < to && place !== "over") {
        if (place !== "data") {
          if (!step(buffer[at++] ?? 0)) return malformed
          continue
        }
        const length = Math.min(size, to - at)
        if (end === first) first = end = at
        if (end !== at) buffer.copyWithin(end, at, at + length)
        end += length
        at += length
        size -= length
        if (size === 0) place = "behind"
      }
      return { body: buffer.subarray(first, end), next: at }
    },
    isOver: () => place === "over",
    endsWithConnection: false
  }
}

const malformed = new HttpError({ why: "malformed" })
const lineFeed = 10
const carriageReturn = 13
const semicolon = 0x3b

const hexadecimal = (byte: number): number =>
  byte >= 0x30 && byte <= 0x39
    ? byte - 0x30
    : byte >= 0x61 && byte <= 0x66
    ? byte - 0x57
    : byte >= 0x41 && byte <= 0x46
    ? byte - 0x37
    : -1
