/**
 * A model's reasoning, as clients of OpenAI's API see it and send it back. OpenAI has no words for
 * it: these are the ones that other gateways and providers have made common.
 *
 * @module
 */
import type { Json, JsonObject } from "../../../domain/Completion.ts"
import { dialectNames, type Reasoning, type Signature } from "../../../domain/Message.ts"
import { array, object, string } from "../../json.ts"

/** The reasoning in an assistant's message. Its details tell more than the plain text does. */
export const readReasoning = (message: JsonObject): ReadonlyArray<Reasoning> => {
  const details = array(message.reasoning_details)?.flatMap(readDetail) ?? []
  if (details.length > 0) return details
  const text = string(message.reasoning_content) || string(message.reasoning)
  return text ? [{ type: "text", text }] : []
}

/** A detail of another gateway's making is read as far as it is text. */
const readDetail = (value: Json): ReadonlyArray<Reasoning> => {
  const detail = object(value)
  const data = readSignature(detail?.data)
  if (data) return [{ type: "redacted", data }]
  const text = string(detail?.text)
  const signature = readSignature(detail?.signature)
  if (text === undefined && signature === undefined) return []
  return [{ type: "text", text: text ?? "", signature }]
}

/** Reasoning as fields of a message: nothing where there is none. */
export const toReasoning = (blocks: ReadonlyArray<Reasoning>): JsonObject => {
  if (blocks.length === 0) return {}
  const text = blocks.map((block) => block.type === "text" ? block.text : "").join("")
  const isSigned = blocks.some((block) => block.type === "redacted" || block.signature)
  return {
    ...(text === "" ? {} : { reasoning_content: text }),
    ...(isSigned ? { reasoning_details: blocks.map(toDetail) } : {})
  }
}

/** A block of reasoning, as it is to be sent back. */
export const toDetail = (block: Reasoning): JsonObject =>
  block.type === "redacted" ? { type: "reasoning.encrypted", data: shown(block.data) } : {
    type: "reasoning.text",
    text: block.text,
    signature: block.signature && shown(block.signature)
  }

/** With its dialect: it goes back to whom it belongs. */
const shown = ({ dialect, value }: Signature): string => `${dialect}:${value}`

const readSignature = (value: Json | undefined): Signature | undefined => {
  const text = string(value)
  if (text === undefined) return undefined
  const colon = text.indexOf(":")
  const dialect = dialectNames.find((name) => name === text.slice(0, colon))
  return dialect && { dialect, value: text.slice(colon + 1) }
}
