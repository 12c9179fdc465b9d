/**
 * Ids of tool calls for servers that take no others than their own.
 *
 * @module
 */
import type { Message } from "../../domain/Message.ts"
import { hash } from "../hash.ts"
import { plainId } from "../plainId.ts"

/** Nine letters and digits. */
const short = /^[A-Za-z0-9]{9}$/

/**
 * `messages` with the id of each tool call, and of each result, made nine letters and digits: the same
 * id always becomes the same. The same array where all ids are so already.
 */
export const shortToolCallIds = (messages: ReadonlyArray<Message>): ReadonlyArray<Message> =>
  withIds(messages, shortened)

/** `messages` with such ids of no more than `longest` characters; the same array where they are. */
export const boundedToolCallIds = (
  messages: ReadonlyArray<Message>,
  longest: number
): ReadonlyArray<Message> =>
  withIds(messages, (id) => id.length > longest ? plainId(id, longest) : id)

const withIds = (
  messages: ReadonlyArray<Message>,
  fit: (id: string) => string
): ReadonlyArray<Message> => {
  const isOther = (id: string): boolean => fit(id) !== id
  const hasOther = (message: Message): boolean =>
    message.role === "tool"
      ? isOther(message.toolCallId)
      : message.role === "assistant" && message.toolCalls.some(({ id }) => isOther(id))
  return messages.some(hasOther)
    ? messages.map((message) => hasOther(message) ? fitted(message, fit) : message)
    : messages
}

const fitted = (message: Message, fit: (id: string) => string): Message => {
  if (message.role === "tool") return { ...message, toolCallId: fit(message.toolCallId) }
  if (message.role !== "assistant") return message
  return { ...message, toolCalls: message.toolCalls.map((call) => ({ ...call, id: fit(call.id) })) }
}

const shortened = (id: string): string =>
  short.test(id) ? id : digits(hash(id, 0x811c9dc5), 5) + digits(hash(id, 0x9e3779b9), 4)

/** The last `length` digits of `number`, of thirty-six kinds. */
const digits = (number: number, length: number): string =>
  number.toString(36).padStart(length, "0").slice(-length)
