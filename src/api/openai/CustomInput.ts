/**
 * The input of a custom tool, out of the arguments of the function that it is offered as.
 *
 * @module
 */
import * as Result from "effect/Result"
import { object, string } from "../json.ts"

/** Reads the input while its function's arguments are being written. */
export interface CustomInput {
  /** What a fragment of the arguments adds to the input: often a part of it, often nothing. */
  readonly add: (fragment: string) => string
  /** What the input still lacks when the arguments are all there. */
  readonly end: () => string
  /** Whether no fragment can add anything any more. */
  readonly isWhole: () => boolean
}

/** How nearly all arguments begin. */
const beginning = /^\s*\{\s*"input"\s*:\s*"/
/** Where they have not begun like that by then, in UTF-16 units, they are read at their end. */
const longestBeginning = 1000
/** One step within a JSON string: plain text, an escape, or the end. */
const step = /[^"\\]+|\\u[0-9a-fA-F]{4}|\\[^u]|"/y
/** An escape of which more is to come. */
const begunEscape = /^\\(?:u[0-9a-fA-F]{0,3})?$/
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"]
])

/**
 * Nothing read yet. Arguments that are no object with a text `input` are the input as they stand:
 * what a model wrote is never lost. Half a character is never given out.
 */
export const make = (): CustomInput => {
  let state: "before" | "within" | "over" = "before"
  /** The arguments so far, until the input begins. */
  let text = ""
  /** An escape that is not whole yet. */
  let escape = ""
  /** The first half of a surrogate pair. */
  let half = ""

  const give = (read: string): string => {
    const all = half + read
    const isHalf = state === "within" && /[\ud800-\udbff]$/.test(all)
    half = isHalf ? all.slice(-1) : ""
    return (isHalf ? all.slice(0, -1) : all).toWellFormed()
  }
  const unescape = (fragment: string): string => {
    const written = escape + fragment
    escape = ""
    let read = ""
    let at = 0
    while (at < written.length) {
      step.lastIndex = at
      const [found] = step.exec(written) ?? []
      if (found === '"') {
        state = "over"
        break
      }
      if (found === undefined && begunEscape.test(written.slice(at, at + 6))) {
        escape = written.slice(at)
        break
      }
      // A backslash that escapes nothing is one.
      const piece = found ?? "\\"
      read += piece.startsWith("\\") ? meant(piece) : piece
      at += piece.length
    }
    return give(read)
  }

  return {
    add: (fragment) => {
      if (state === "over") return ""
      if (state === "within") return unescape(fragment)
      text += fragment
      const [begun] = text.length - fragment.length > longestBeginning
        ? []
        : beginning.exec(text) ?? []
      if (begun === undefined) return ""
      state = "within"
      return unescape(text.slice(begun.length))
    },
    end: () => {
      const before = state
      state = "over"
      return before === "over" ? "" : before === "within" ? give(escape) : give(inputIn(text))
    },
    isWhole: () => state === "over"
  }
}

const meant = (piece: string): string =>
  piece.length === 6
    ? String.fromCharCode(Number.parseInt(piece.slice(2), 16))
    : escapes.get(piece.slice(1)) ?? piece

const inputIn = (text: string): string => {
  const fields = object(Result.getOrUndefined(Result.try((): unknown => JSON.parse(text))))
  const isEmpty = text.trim() === "" || fields && Object.keys(fields).length === 0
  return string(fields?.input) ?? (isEmpty ? "" : text)
}
