/**
 * Ids of tool calls that clients of Anthropic's dialect bring from other providers' answers.
 *
 * @module
 */
import type { Json, JsonObject } from "../../domain/Completion.ts"
import type { Message } from "../../domain/Message.ts"
import type { Call } from "../Dialect.ts"
import { isPlainId, plainId } from "../plainId.ts"

/** `call` with ids as Anthropic takes them; the same where they are so in `messages` already. */
export const withPlainIds = (call: Call, messages: ReadonlyArray<Message>): Call => {
  if (messages.every(isPlain)) return call
  return { ...call, body: { ...call.body, messages: array(call.body.messages)?.map(inTurn) } }
}

const isPlain = (message: Message): boolean =>
  message.role === "tool"
    ? isPlainId(message.toolCallId)
    : message.role !== "assistant" || message.toolCalls.every(({ id }) => isPlainId(id))

const inTurn = (value: Json): Json => {
  const turn = object(value)
  const blocks = array(turn?.content)
  return blocks ? { ...turn, content: blocks.map(inBlock) } : value
}

const inBlock = (value: Json): Json => {
  const block = object(value)
  const key = block?.type === "tool_use" ? "id" : "tool_use_id"
  const id = block?.[key]
  return typeof id === "string" ? { ...block, [key]: plainId(id) } : value
}

const array = (value: Json | undefined): ReadonlyArray<Json> | undefined =>
  isArray(value) ? value : undefined
const object = (value: Json): JsonObject | undefined =>
  typeof value === "object" && value !== null && !isArray(value) ? value : undefined

const isArray = (value: Json | undefined): value is ReadonlyArray<Json> => Array.isArray(value)
