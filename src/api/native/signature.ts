/**
 * Signatures as the native API shows them: the dialect that they belong to, a colon, and the value.
 *
 * @module
 */
import type { DialectName, Signature } from "../../domain/Message.ts"

/** A signature as clients see it and send it back. */
export const show = ({ dialect, value }: Signature): string => `${dialect}:${value}`

/** A signature as a client sent it back; `undefined` where it is none of ours. */
export const read = (text: string | undefined): Signature | undefined => {
  if (text === undefined) return undefined
  const colon = text.indexOf(":")
  const dialect = dialects.find((name) => name === text.slice(0, colon))
  return dialect && { dialect, value: text.slice(colon + 1) }
}

const dialects: ReadonlyArray<DialectName> = ["openai", "anthropic", "gemini"]
