/**
 * Reasoning as items of the Responses API, which clients send back as they came.
 *
 * @module
 */
import type { JsonObject } from "../../../domain/Completion.ts"
import type { Reasoning } from "../../../domain/Message.ts"
import { array, object, string } from "../../json.ts"
import * as Signature from "../../native/signature.ts"
import type { ReasoningItem } from "./ResponseObject.ts"

/** Marks what a provider shows to nobody, and only wants back. */
const redacted = "redacted:"

/** A block of reasoning as an item. Its `encrypted_content` is what the provider wants back of it. */
export const toReasoningItem = (id: string, block: Reasoning): ReasoningItem => {
  if (block.type === "redacted") {
    const encrypted_content = redacted + Signature.show(block.data)
    return { id, type: "reasoning", summary: [], encrypted_content }
  }
  const { signature, text } = block
  return {
    id,
    type: "reasoning",
    summary: text === "" ? [] : [{ type: "summary_text", text }],
    ...(signature ? { encrypted_content: Signature.show(signature) } : {})
  }
}

/** The block of an item; absent where it says nothing that anybody here understands. */
export const readReasoning = (item: JsonObject): Reasoning | undefined => {
  const sealed = string(item.encrypted_content)
  if (sealed?.startsWith(redacted)) {
    const data = Signature.read(sealed.slice(redacted.length))
    return data && { type: "redacted", data }
  }
  const signature = Signature.read(sealed)
  const parts = [...array(item.summary) ?? [], ...array(item.content) ?? []]
  const text = parts.map((part) => string(object(part)?.text) ?? "").join("")
  return text === "" && signature === undefined ? undefined : { type: "text", text, signature }
}
