/**
 * Looking at the structure of JSON before it is parsed: a small body can be made so that parsing it
 * stops everything else for seconds.
 *
 * @module
 */

/** The deepest nesting that is parsed. */
export const mostDepth = 64
/** The most brackets, braces, commas and colons that are parsed. */
export const mostTokens = 200_000

/** What is wrong with the structure of `bytes`, if anything. Stops as soon as it knows. */
export const structureFault = (
  bytes: Uint8Array
): "json_too_deep" | "json_too_complex" | "invalid_number" | undefined => {
  /** Digits of the whole part of the number at hand; a fraction may have as many as it likes. */
  let digits = 0
  let depth = 0
  let tokens = 0
  let inString = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (inString) {
      if (byte === backslash) at++
      else if (byte === quote) inString = false
      continue
    }
    if (byte !== undefined && byte >= zero && byte <= nine) {
      if (++digits > mostDigits) return "invalid_number"
      continue
    }
    if (byte === point) digits = -Infinity
    else digits = 0
    switch (byte) {
      case quote:
        inString = true
        break
      case openBrace:
      case openBracket:
        if (++depth > mostDepth) return "json_too_deep"
        tokens++
        break
      case closeBrace:
      case closeBracket:
        depth--
        tokens++
        break
      case comma:
      case colon:
        tokens++
        break
    }
    if (tokens > mostTokens) return "json_too_complex"
  }
  return undefined
}

/** A whole number of more digits would not be the same after it was read. */
export const mostDigits = 16

const zero = 0x30
const nine = 0x39
const point = 0x2e
const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const comma = 0x2c
const colon = 0x3a
