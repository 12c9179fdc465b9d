/**
 * Signatures as the native API shows them: the dialect that they belong to, a colon, and the value.
 *
 * @module
 */
import { dialectNames, type Signature } from "../../domain/Message.ts"

/** A signature as clients see it and send it back. */
export const show = ({ dialect, value }: Signature): string => `${dialect}:${value}`

/** A signature as a client sent it back; `undefined` where it is none of ours. */
export const read = (text: string | undefined): Signature | undefined => {
  if (text === undefined) return undefined
  const colon = text.indexOf(":")
  const dialect = dialectNames.find((name) => name === text.slice(0, colon))
  return dialect && { dialect, value: text.slice(colon + 1) }
}
