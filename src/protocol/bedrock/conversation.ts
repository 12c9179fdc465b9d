/**
 * The conversation as Bedrock wants it: turns of user and assistant by turns, of blocks.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import { type Message, type Part, type Reasoning, textOf } from "../../domain/Message.ts"
import { isBlank } from "../blank.ts"
import { inTurns } from "../turns.ts"
import { image } from "./image.ts"
import { toId, toInput } from "./toolInput.ts"

/** What the system messages say, wherever they stand; absent where they say nothing. */
export const system = (
  messages: ReadonlyArray<Message>
): ReadonlyArray<JsonObject> | undefined => {
  const blocks = messages.flatMap((message) => {
    if (message.role !== "system") return []
    const text = textOf(message.content)
    return isBlank(text) ? [] : [{ text }]
  })
  return blocks.length === 0 ? undefined : blocks
}

/**
 * All other messages, in turns. A user's name and an image's level of detail have no word in this
 * dialect.
 */
export const turns = (messages: ReadonlyArray<Message>): ReadonlyArray<JsonObject> =>
  inTurns(messages, {
    user: (message) => message.content.flatMap(block),
    tool: (message) => [toolResult(message)],
    assistant: assistantBlocks
  }).map(({ role, blocks }) => ({ role, content: blocks }))

const toolResult = (
  { toolCallId, content, isError }: Extract<Message, { readonly role: "tool" }>
): JsonObject => ({
  toolResult: {
    toolUseId: toId(toolCallId),
    content: content.flatMap(block),
    // Not all models know the word for what is so anyway.
    status: isError ? "error" : undefined
  }
})

const assistantBlocks = (
  { reasoning, content, toolCalls }: Extract<Message, { readonly role: "assistant" }>
): ReadonlyArray<JsonObject> => [
  ...reasoning.flatMap(thought),
  // The assistant cannot have shown an image there.
  ...content.flatMap((part) => part.type === "text" ? block(part) : []),
  ...toolCalls.map((call) => ({
    toolUse: { toolUseId: toId(call.id), name: call.name, input: toInput(call.arguments) }
  }))
]

/** None where there is nothing to say: Bedrock refuses a text of white space only. */
const block = (part: Part): ReadonlyArray<JsonObject> => {
  if (part.type === "text") return isBlank(part.text) ? [] : [{ text: part.text }]
  const shown = image(part.url)
  return shown === undefined ? [] : [shown]
}

/** Only what was signed there goes back: the signature is checked. */
const thought = (reasoning: Reasoning): ReadonlyArray<JsonObject> => {
  if (reasoning.type === "redacted") {
    const { dialect, value } = reasoning.data
    return dialect === "bedrock" ? [{ reasoningContent: { redactedContent: value } }] : []
  }
  const { text, signature } = reasoning
  return signature?.dialect === "bedrock"
    ? [{ reasoningContent: { reasoningText: { text, signature: signature.value } } }]
    : []
}
