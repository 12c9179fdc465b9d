/**
 * A whole answer as the output of a response.
 *
 * @module
 */
import type { Choice } from "../../../domain/Answer.ts"
import type { Json } from "../../../domain/Completion.ts"
import type { ToolCall } from "../../../domain/Message.ts"
import * as Signature from "../../native/signature.ts"
import { toInput } from "../customTool.ts"
import type { ClientTool } from "../Toolbox.ts"
import { toReasoningItem } from "./reasoning.ts"
import { type Head, incompleteReason, itemId } from "./response.ts"
import type {
  CustomCallItem,
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
    output.push(toCall(head, output.length, call, status))
  })
  return output
}

const toCall = (head: Head, index: number, call: ToolCall, status: ItemStatus): OutputItem => {
  const tool = head.toolbox.toolOf(call.name)
  if (tool.type === "function") {
    return toFunctionCall(itemId("fc", head, index), { ...call, name: tool.name }, status, tool)
  }
  const input = toInput(call.arguments, status === "incomplete")
  return toCustomCall(itemId("ctc", head, index), { ...call, input }, status, tool)
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
  status: ItemStatus,
  { namespace }: ClientTool
): FunctionCallItem => ({
  id,
  type: "function_call",
  status,
  arguments: call.arguments === "" && status === "completed" ? "{}" : call.arguments,
  call_id: call.id,
  name: call.name,
  ...(namespace === undefined ? {} : { namespace }),
  ...(call.signature ? { signature: Signature.show(call.signature) } : {})
})

/** A call of a custom tool as an item. */
export const toCustomCall = (
  id: string,
  call: Pick<ToolCall, "id" | "signature"> & { readonly input: string },
  status: ItemStatus,
  { name, namespace }: ClientTool
): CustomCallItem => ({
  id,
  type: "custom_tool_call",
  status,
  call_id: call.id,
  input: call.input,
  name,
  ...(namespace === undefined ? {} : { namespace }),
  ...(call.signature ? { signature: Signature.show(call.signature) } : {})
})
