/**
 * A whole answer, as Anthropic's clients read it.
 *
 * @module
 */
import * as Result from "effect/Result"
import type { Choice } from "../../domain/Answer.ts"
import type { JsonObject } from "../../domain/Completion.ts"
import type { Reasoning, ToolCall } from "../../domain/Message.ts"
import type { Usage } from "../../domain/Usage.ts"
import type { Generated } from "../../gateway/whole.ts"
import { object } from "../json.ts"
import { asGiven } from "./asGiven.ts"
import * as Signatures from "./signature.ts"
import { toStop } from "./stop.ts"
import { toUsage } from "./usage.ts"

/** The answer to the request `requestId`. */
export const toMessage = (requestId: string, { model, answer, usage }: Generated): JsonObject => {
  const [choice] = answer.choices
  const begun = begin(requestId, model, usage)
  if (choice === undefined) return begun
  const ended = {
    ...begun,
    ...toStop({
      reason: choice.finishReason,
      stop: choice.stop,
      callsTools: choice.toolCalls.length > 0,
      refusal: choice.refusal ?? ""
    })
  }
  return asGiven(answer, ended) ?? { ...ended, content: blocks(choice) }
}

/** A message of which nothing is said yet. */
export const begin = (requestId: string, model: string, usage: Usage | undefined) => ({
  id: `msg_${requestId.replace(/^req_/, "")}`,
  type: "message",
  role: "assistant",
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  stop_details: null,
  usage: toUsage(usage)
})

const blocks = (choice: Choice): ReadonlyArray<JsonObject> => {
  const text = choice.text + (choice.refusal ?? "")
  return [
    ...choice.reasoning.map(thought),
    ...(text === "" ? [] : [{ type: "text", text }]),
    ...choice.toolCalls.flatMap(call)
  ]
}

const thought = (reasoning: Reasoning): JsonObject =>
  reasoning.type === "redacted"
    ? { type: "redacted_thinking", data: Signatures.show(reasoning.data) }
    : {
      type: "thinking",
      thinking: reasoning.text,
      signature: reasoning.signature ? Signatures.show(reasoning.signature) : ""
    }

const call = ({ id, name, arguments: text, signature }: ToolCall): ReadonlyArray<JsonObject> => [
  ...(signature ? [{ type: "redacted_thinking", data: Signatures.showOfCall(signature) }] : []),
  { type: "tool_use", id, name, input: toInput(text) }
]

/** Arguments that the model garbled are shown whole, under a name that says so. */
const toInput = (text: string): JsonObject =>
  text.trim() === "" ? {} : inputOf(text) ?? { INVALID_JSON: text }

/** The arguments of a tool call, where `text` is all of them. */
const inputOf = (text: string): JsonObject | undefined =>
  object(Result.getOrUndefined(Result.try((): unknown => JSON.parse(text))))
