/**
 * Vectors as providers write them: as numbers, or as the bytes of numbers.
 *
 * @module
 */
import { Buffer } from "node:buffer"

/** The bytes of a number: it is of 32 bits, the least byte first. */
const bytesEach = 4

/** `value` as a vector: a list of numbers, or base64 of their bytes; absent where it is neither. */
export const vector = (value: unknown): ReadonlyArray<number> | undefined => {
  if (typeof value === "string") return fromBase64(value)
  return isVector(value) ? value : undefined
}

const isVector = (value: unknown): value is ReadonlyArray<number> =>
  Array.isArray(value) && value.length > 0 &&
  value.every((number) => typeof number === "number" && Number.isFinite(number))

const fromBase64 = (text: string): ReadonlyArray<number> | undefined => {
  // A decoder passes over what is no base64, and would make numbers of any words.
  if (/[^A-Za-z0-9+/=]/.test(text)) return undefined
  const bytes = Buffer.from(text, "base64")
  if (bytes.length === 0 || bytes.length % bytesEach !== 0) return undefined
  const numbers: Array<number> = []
  for (let at = 0; at < bytes.length; at += bytesEach) {
    const number = bytes.readFloatLE(at)
    if (!Number.isFinite(number)) return undefined
    numbers.push(number)
  }
  return numbers
}
