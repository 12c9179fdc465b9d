/**
 * The conversation in OpenAI's words.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { Message, Part, Reasoning, ToolCall } from "../../domain/Message.ts"
import type { Unsupported } from "../Dialect.ts"
import type { OpenAiQuirks } from "./quirks.ts"

type ToolMessage = Extract<Message, { readonly role: "tool" }>

/**
 * All messages. Nobody but a user can show an image here: those of tools follow the last result of
 * their turn, in a message of the user.
 */
export const encodeMessages = (
  messages: ReadonlyArray<Message>,
  quirks: OpenAiQuirks
): ReadonlyArray<JsonObject> => {
  const encoded: Array<JsonObject> = []
  let shown: Array<JsonObject> = []
  const show = () => {
    if (shown.length > 0) encoded.push({ role: "user", content: shown })
    shown = []
  }
  for (const message of messages) {
    // Results follow their calls at once: nothing may stand between them.
    if (message.role !== "tool") show()
    encoded.push(encodeMessage(message, quirks))
    if (message.role === "tool") shown.push(...shownBy(message))
  }
  show()
  return encoded
}

/** The images that a tool gave back, and whose they are. */
const shownBy = ({ content, toolCallId }: ToolMessage): ReadonlyArray<JsonObject> => {
  const images = content.filter((part) => !isText(part))
  const label = `What tool call ${toolCallId} gave back besides its text:`
  return images.length === 0 ? [] : [{ type: "text", text: label }, ...images.map(encodePart)]
}

/** One message, but for the images of whom is no user. */
const encodeMessage = (message: Message, quirks: OpenAiQuirks): JsonObject => {
  switch (message.role) {
    case "system":
      return { role: "system", content: encodeContent(message.content.filter(isText)) }
    case "user":
      return { role: "user", content: encodeContent(message.content), name: message.name }
    case "assistant": {
      const content = encodeContent(message.content.filter(isText))
      const calls = message.toolCalls.map((call) => encodeToolCall(call, quirks))
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

/** The images that nobody can show: neither the system nor the assistant. */
export const unsupportedImages = (messages: ReadonlyArray<Message>): ReadonlyArray<Unsupported> =>
  messages.flatMap(({ role, content }, at) =>
    role === "user" || role === "tool"
      ? []
      : content.flatMap((part, within) =>
        part.type === "text" ? [] : {
          path: ["messages", at, "content", within],
          message: `An image cannot stand in a message of role "${role}"`
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

const encodeToolCall = (
  call: ToolCall,
  { thoughtSignatures = false }: OpenAiQuirks
): JsonObject => ({
  id: call.id,
  type: "function",
  function: { name: call.name, arguments: call.arguments },
  // Google's server of this dialect signs its calls, and refuses them later without.
  extra_content: thoughtSignatures && call.signature?.dialect === "gemini"
    ? { google: { thought_signature: call.signature.value } }
    : undefined
})

/** The reasoning that anybody may send back: what another dialect signed is for that one alone. */
const encodeReasoning = (blocks: ReadonlyArray<Reasoning>): string =>
  blocks.map((block) =>
    block.type === "text" && (block.signature?.dialect ?? "openai") === "openai" ? block.text : ""
  ).join("")
