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
): "json_too_deep" | "json_too_complex" | undefined => {
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

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const comma = 0x2c
const colon = 0x3a
