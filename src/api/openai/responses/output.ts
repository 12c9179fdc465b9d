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
  const { arguments: written, id, signature } = call
  const text = tool.type === "custom"
    ? toInput(written, status === "incomplete")
    : written === "" && status === "completed"
    ? "{}"
    : written
  return toCallItem(callId(head, index, tool), { id, signature, text }, status, tool)
}

/** The id of a call of `tool` that is the `index`-th item of its response. */
export const callId = (head: Head, index: number, { type }: ClientTool): string =>
  itemId(type === "custom" ? "ctc" : "fc", head, index)

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

/** What there is of a call: `text` is a function's arguments, or the input of a custom tool. */
export interface CallText extends Pick<ToolCall, "id" | "signature"> {
  readonly text: string
}

/** A call of `tool` as an item. */
export const toCallItem = (
  id: string,
  { id: call_id, signature, text }: CallText,
  status: ItemStatus,
  { name, namespace, type }: ClientTool
): FunctionCallItem | CustomCallItem => {
  const rest = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(signature ? { signature: Signature.show(signature) } : {})
  }
  return type === "custom"
    ? { id, type: "custom_tool_call", status, call_id, input: text, name, ...rest }
    : { id, type: "function_call", status, arguments: text, call_id, name, ...rest }
}
