/**
 * Ids of tool calls for servers that take no others than their own.
 *
 * @module
 */
import type { Message } from "../../domain/Message.ts"

/** Nine letters and digits. */
const short = /^[A-Za-z0-9]{9}$/

/**
 * `messages` with the id of each tool call, and of each result, made nine letters and digits: the same
 * id always becomes the same. The same array where all ids are so already.
 */
export const shortToolCallIds = (messages: ReadonlyArray<Message>): ReadonlyArray<Message> =>
  messages.some(hasLong)
    ? messages.map((message) => hasLong(message) ? shorten(message) : message)
    : messages

const isLong = (id: string): boolean => !short.test(id)

const hasLong = (message: Message): boolean =>
  message.role === "tool"
    ? isLong(message.toolCallId)
    : message.role === "assistant" && message.toolCalls.some(({ id }) => isLong(id))

const shorten = (message: Message): Message => {
  if (message.role === "tool") return { ...message, toolCallId: shortened(message.toolCallId) }
  if (message.role !== "assistant") return message
  const toolCalls = message.toolCalls.map((call) => ({ ...call, id: shortened(call.id) }))
  return { ...message, toolCalls }
}

const shortened = (id: string): string =>
  isLong(id) ? digits(hash(id, 0x811c9dc5), 5) + digits(hash(id, 0x9e3779b9), 4) : id

/** FNV-1a, stirred once more at the end, so that ids that differ in one letter differ all over. */
const hash = (text: string, seed: number): number => {
  let sum = seed
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193)
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b)
  return (sum ^ (sum >>> 13)) >>> 0
}

/** The last `length` digits of `number`, of thirty-six kinds. */
const digits = (number: number, length: number): string =>
  number.toString(36).padStart(length, "0").slice(-length)
