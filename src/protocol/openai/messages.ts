/**
 * The conversation in OpenAI's words.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { Message, Part, Reasoning, ToolCall } from "../../domain/Message.ts"
import type { Unsupported } from "../Dialect.ts"
import type { OpenAiQuirks } from "./quirks.ts"

/** One message; images stay only in what a user said. */
export const encodeMessage = (message: Message, quirks: OpenAiQuirks): JsonObject => {
  switch (message.role) {
    case "system":
      return { role: "system", content: encodeContent(message.content.filter(isText)) }
    case "user":
      return { role: "user", content: encodeContent(message.content), name: message.name }
    case "assistant": {
      const content = encodeContent(message.content.filter(isText))
      const calls = message.toolCalls.map(encodeToolCall)
      const encoded: JsonObject = {
        role: "assistant",
        content: content === "" && calls.length > 0 ? null : content,
        tool_calls: calls.length > 0 ? calls : undefined
      }
      const reasoning = quirks.reasoningField && encodeReasoning(message.reasoning)
      return reasoning ? { ...encoded, [quirks.reasoningField]: reasoning } : encoded
    }
    case "tool":
      return {
        role: "tool",
        tool_call_id: message.toolCallId,
        content: encodeContent(message.content.filter(isText))
      }
  }
}

/** The images that nobody but a user can show. */
export const unsupportedImages = (messages: ReadonlyArray<Message>): ReadonlyArray<Unsupported> =>
  messages.flatMap(({ role, content }, at) =>
    role === "user" ? [] : content.flatMap((part, within) =>
      part.type === "text" ? [] : {
        path: ["messages", at, "content", within],
        message: `An image cannot stand in a message of role "${role}", only of role "user"`
      }
    )
  )

const isText = (part: Part): boolean => part.type === "text"

const encodeContent = (content: ReadonlyArray<Part>): string | ReadonlyArray<JsonObject> => {
  const [first, second] = content
  if (first === undefined) return ""
  return first.type === "text" && second === undefined ? first.text : content.map(encodePart)
}

const encodePart = (part: Part): JsonObject =>
  part.type === "text"
    ? { type: "text", text: part.text }
    : { type: "image_url", image_url: { url: part.url, detail: part.detail } }

const encodeToolCall = (call: ToolCall): JsonObject => ({
  id: call.id,
  type: "function",
  function: { name: call.name, arguments: call.arguments },
  // Google's server of this dialect signs its calls, and refuses them later without.
  extra_content: call.signature?.dialect === "gemini"
    ? { google: { thought_signature: call.signature.value } }
    : undefined
})

/** The reasoning that anybody may send back: what another dialect signed is for that one alone. */
const encodeReasoning = (blocks: ReadonlyArray<Reasoning>): string =>
  blocks.map((block) =>
    block.type === "text" && (block.signature?.dialect ?? "openai") === "openai" ? block.text : ""
  ).join("")
