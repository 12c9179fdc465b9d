/**
 * A whole answer as the output of a response.
 *
 * @module
 */
import type { Choice } from "../../../domain/Answer.ts"
import type { Json } from "../../../domain/Completion.ts"
import type { ToolCall } from "../../../domain/Message.ts"
import * as Signature from "../../native/signature.ts"
import { toReasoningItem } from "./reasoning.ts"
import { type Head, incompleteReason, itemId } from "./response.ts"
import type {
  FunctionCallItem,
  ItemStatus,
  MessageItem,
  OutputItem,
  OutputRefusal,
  OutputText
} from "./ResponseObject.ts"

/** The items of an answer: what it thought, said, and wants called. */
export const toOutput = (
  head: Head,
  { reasoning, text, logprobs, refusal, toolCalls, finishReason }: Choice
): ReadonlyArray<OutputItem> => {
  const output: Array<OutputItem> = []
  for (const block of reasoning) {
    output.push(toReasoningItem(itemId("rs", head, output.length), block))
  }
  const content = [
    ...(text === "" ? [] : [toText(text, logprobs ?? [])]),
    ...(refusal ? [toRefusal(refusal)] : [])
  ]
  // What is cut off is cut off at its last item.
  const last = incompleteReason(finishReason) ? "incomplete" : "completed"
  if (content.length > 0) {
    const status = toolCalls.length === 0 ? last : "completed"
    output.push(toMessage(itemId("msg", head, output.length), content, status))
  }
  toolCalls.forEach((call, at) => {
    const status = at === toolCalls.length - 1 ? last : "completed"
    output.push(toFunctionCall(itemId("fc", head, output.length), call, status))
  })
  return output
}

/** A text as a part of a message. */
export const toText = (text: string, logprobs: ReadonlyArray<Json>): OutputText => ({
  type: "output_text",
  annotations: [],
  logprobs,
  text
})

/** A refusal as a part of a message. */
export const toRefusal = (refusal: string): OutputRefusal => ({ type: "refusal", refusal })

/** A message as an item. */
export const toMessage = (
  id: string,
  content: MessageItem["content"],
  status: ItemStatus
): MessageItem => ({ id, type: "message", status, role: "assistant", content })

/** A tool call as an item. A call that is complete has arguments, if only none: `{}`. */
export const toFunctionCall = (
  id: string,
  call: ToolCall,
  status: ItemStatus
): FunctionCallItem => ({
  id,
  type: "function_call",
  status,
  arguments: call.arguments === "" && status === "completed" ? "{}" : call.arguments,
  call_id: call.id,
  name: call.name,
  ...(call.signature ? { signature: Signature.show(call.signature) } : {})
})
