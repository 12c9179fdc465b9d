/**
 * Thought signatures: what a client is given to keep and to send back, whoever's model thought.
 *
 * Gemini's own pass as they are. What another provider signed is marked as ours, together with the
 * reasoning that the client does not see, in base64: some of Google's libraries decode it.
 *
 * @module
 */
import { Buffer } from "node:buffer"
import { dialectNames, type Reasoning, type Signature } from "../../domain/Message.ts"

/** What a signature stands for. */
export interface Carried {
  /** That of the part that it stands on. */
  readonly signature: Signature | undefined
  /** Reasoning before that part that the client was not shown. */
  readonly reasoning: ReadonlyArray<Reasoning>
}

/** A `thoughtSignature`; absent where there is nothing to keep. */
export const show = ({ signature, reasoning }: Carried): string | undefined => {
  // Gemini's own is all that Gemini wants back.
  if (signature?.dialect === "gemini") return signature.value
  const records = reasoning.map(recordOf)
  if (signature) records.push(record("s", signature, ""))
  return records.length === 0 ? undefined : Buffer.from(mark + records.join("")).toString("base64")
}

/** Whether `text` is one of ours, which no provider would understand. */
export const isOurs = (text: string): boolean => text.startsWith(encodedMark)

/** What a client sent back; what is damaged is left out. */
export const read = (text: string): Carried => {
  if (!isOurs(text)) return { signature: { dialect: "gemini", value: text }, reasoning: [] }
  const decoded = Buffer.from(text, "base64").toString()
  const reasoning: Array<Reasoning> = []
  let signature: Signature | undefined
  head.lastIndex = mark.length
  for (let found = head.exec(decoded); found; found = head.exec(decoded)) {
    const [, kind, name, valueLength, textLength] = found
    const middle = head.lastIndex + Number(valueLength)
    const end = middle + Number(textLength)
    const value = decoded.slice(head.lastIndex, middle)
    head.lastIndex = end
    const dialect = dialectNames.find((one) => one === name)
    const signed = dialect && { dialect, value }
    if (kind === "r") {
      reasoning.push({ type: "text", text: decoded.slice(middle, end), signature: signed })
    } else if (signed && kind === "x") reasoning.push({ type: "redacted", data: signed })
    else if (signed) signature = signed
  }
  return { signature, reasoning }
}

/** Nine bytes, so that in base64 it is the same whatever follows. */
const mark = "penstock:"
const encodedMark = Buffer.from(mark).toString("base64")

/** The beginning of a record: what it is, who signed it, how long the signature and the text are. */
const head = /([rxs])([a-z]*):(\d{1,8}):(\d{1,8}):/y

const record = (kind: "r" | "x" | "s", signature: Signature | undefined, text: string): string => {
  const { dialect = "", value = "" } = signature ?? {}
  return `${kind}${dialect}:${value.length}:${text.length}:${value}${text}`
}

const recordOf = (block: Reasoning): string =>
  block.type === "redacted" ? record("x", block.data, "") : record("r", block.signature, block.text)
