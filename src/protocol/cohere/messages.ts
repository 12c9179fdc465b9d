/**
 * The conversation in Cohere's words.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import { type Message, type Part, type Reasoning, textOf } from "../../domain/Message.ts"

/** One message; images stay only in what a user said. */
export const encodeMessage = (message: Message): JsonObject => {
  switch (message.role) {
    case "system":
      return { role: "system", content: textOf(message.content) }
    case "user":
      return { role: "user", content: encodeContent(message.content) }
    case "assistant": {
      const text = textOf(message.content)
      const calls = message.toolCalls.map(({ id, name, arguments: text }) => ({
        id,
        type: "function",
        function: { name, arguments: text }
      }))
      if (calls.length === 0) return { role: "assistant", content: text }
      return {
        role: "assistant",
        content: text === "" ? undefined : text,
        tool_calls: calls,
        tool_plan: plan(message.reasoning)
      }
    }
    case "tool":
      return {
        role: "tool",
        tool_call_id: message.toolCallId,
        content: textOf(message.content)
      }
  }
}

const encodeContent = (content: ReadonlyArray<Part>): JsonObject[string] =>
  content.every(({ type }) => type === "text")
    ? textOf(content)
    : content.map((part) =>
      part.type === "text"
        ? { type: "text", text: part.text }
        : { type: "image_url", image_url: { url: part.url, detail: part.detail } }
    )

/** Why tools were called: what another dialect signed is only for that one. */
const plan = (reasoning: ReadonlyArray<Reasoning>): string | undefined => {
  const texts = reasoning.map((block) =>
    block.type === "text" && (block.signature?.dialect ?? "cohere") === "cohere" ? block.text : ""
  )
  return texts.join("") || undefined
}
