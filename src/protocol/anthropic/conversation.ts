/**
 * The conversation as Anthropic wants it: turns of user and assistant by turns, of blocks.
 *
 * @module
 */
import type { Json, JsonObject } from "../../domain/Completion.ts"
import { type Message, type Part, type Reasoning, textOf } from "../../domain/Message.ts"
import { isBlank } from "../blank.ts"
import { inTurns } from "../turns.ts"
import { plainId } from "../plainId.ts"
import { imageSource } from "./image.ts"
import { toInput } from "./toolInput.ts"

/** What the system messages say, wherever they stand; absent where they say nothing. */
export const system = (messages: ReadonlyArray<Message>): string | undefined =>
  messages.flatMap(({ role, content }) => role === "system" ? textOf(content) : [])
    .filter((text) => !isBlank(text))
    .join("\n\n") || undefined

/**
 * All other messages, in turns. A user's name and an image's level of detail have no word in this
 * dialect.
 */
export const turns = (messages: ReadonlyArray<Message>): ReadonlyArray<JsonObject> =>
  inTurns(messages, {
    user: (message) => message.content.flatMap(block),
    tool: (message) => [toolResult(message)],
    assistant: assistantBlocks
  }).map(({ role, blocks }) => ({ role, content: content(blocks) }))

const toolResult = (
  { toolCallId, content: parts, isError }: Extract<Message, { readonly role: "tool" }>
): JsonObject => ({
  type: "tool_result",
  tool_use_id: plainId(toolCallId),
  content: content(parts.flatMap(block)),
  is_error: isError || undefined
})

const assistantBlocks = (
  { reasoning, content, toolCalls }: Extract<Message, { readonly role: "assistant" }>
): ReadonlyArray<JsonObject> => [
  ...reasoning.flatMap(thinking),
  // The assistant cannot have shown an image there.
  ...content.flatMap((part) => part.type === "text" ? block(part) : []),
  ...toolCalls.map((call) => ({
    type: "tool_use",
    id: plainId(call.id),
    name: call.name,
    input: toInput(call.arguments)
  }))
]

/** A lone text stands as a plain string. */
const content = (blocks: ReadonlyArray<JsonObject>): Json | undefined => {
  const [first] = blocks
  if (first === undefined) return undefined
  return blocks.length === 1 && first.type === "text" ? first.text : blocks
}

/** None where there is nothing to say: Anthropic refuses a text of white space only. */
const block = (part: Part): ReadonlyArray<JsonObject> => {
  if (part.type === "text") return isBlank(part.text) ? [] : [{ type: "text", text: part.text }]
  const source = imageSource(part.url)
  return source === undefined ? [] : [{ type: "image", source }]
}

/** Anthropic checks its signature: what it did not sign cannot go back. */
const thinking = (reasoning: Reasoning): ReadonlyArray<JsonObject> => {
  if (reasoning.type === "redacted") {
    const { dialect, value } = reasoning.data
    return dialect === "anthropic" ? [{ type: "redacted_thinking", data: value }] : []
  }
  const { text, signature } = reasoning
  return signature?.dialect === "anthropic"
    ? [{ type: "thinking", thinking: text, signature: signature.value }]
    : []
}
