/**
 * Whether a JSON object that comes in pieces is whole: the arguments of a tool call.
 *
 * @module
 */

/** Watches an object come in. Each character is looked at once, and none is kept. */
export interface Braces {
  readonly add: (fragment: string) => void
  /** Whether the brace that ends it is there, and nothing behind it. */
  readonly isWhole: () => boolean
}

/** Nested deeper, it is nothing that anybody reads. */
const mostDepth = 1000

/** Nothing yet. */
export const make = (): Braces => {
  let state: "before" | "inside" | "whole" | "broken" = "before"
  let inText = false
  let isEscaped = false
  /** What ends each array and object that is open. */
  const ends: Array<number> = []

  const open = (end: number): void => {
    ends.push(end)
    if (ends.length > mostDepth) state = "broken"
  }

  const look = (unit: number): void => {
    if (inText) {
      if (isEscaped) isEscaped = false
      else if (unit === backslash) isEscaped = true
      else if (unit === quote) inText = false
    } else if (state !== "inside") {
      if (unit === space || unit === tab || unit === newline || unit === carriageReturn) return
      state = state === "before" && unit === openBrace ? "inside" : "broken"
      if (state === "inside") open(closeBrace)
    } else if (unit === quote) inText = true
    else if (unit === openBrace) open(closeBrace)
    else if (unit === openBracket) open(closeBracket)
    else if (unit === closeBrace || unit === closeBracket) {
      if (ends.pop() !== unit) state = "broken"
      else if (ends.length === 0) state = "whole"
    }
  }

  return {
    add: (fragment) => {
      for (let at = 0; at < fragment.length && state !== "broken"; at++) {
        look(fragment.charCodeAt(at))
      }
    },
    isWhole: () => state === "whole"
  }
}

const tab = 0x09
const newline = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
