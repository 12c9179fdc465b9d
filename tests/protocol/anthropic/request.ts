/**
 * Requests as our tests write them.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../../src/domain/Completion.ts"
import type { Message, Part } from "../../../src/domain/Message.ts"
import type { Target } from "../../../src/protocol/Dialect.ts"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"

/** A text. */
export const text = (text: string): Part => ({ type: "text", text })

/** What a user says. */
export const user = (...content: ReadonlyArray<Part | string>): Message => ({
  role: "user",
  content: content.map((part) => typeof part === "string" ? text(part) : part)
})

/** What an assistant said: text, and what else is given. */
export const assistant = (
  words: string,
  rest: Partial<Extract<Message, { readonly role: "assistant" }>> = {}
): Message => ({
  role: "assistant",
  content: words === "" ? [] : [text(words)],
  reasoning: [],
  toolCalls: [],
  ...rest
})

/** What a tool gave. */
export const result = (toolCallId: string, ...content: ReadonlyArray<Part | string>): Message => ({
  role: "tool",
  toolCallId,
  content: content.map((part) => typeof part === "string" ? text(part) : part)
})

/** What the system is told. */
export const system = (...words: ReadonlyArray<string>): Message => ({
  role: "system",
  content: words.map(text)
})

/** A request; one user says "Hi" where no messages are given. */
export const request = (
  parameters: Parameters = {},
  messages: ReadonlyArray<Message> = [user("Hi")]
): CompletionRequest => ({ model: "claude", messages, parameters, dropUnsupported: false })

/** The model that the requests go to. */
export const target: Target = { model: "claude-opus-4-8", stream: false }

/** The body that is sent for a request, as the provider would parse it. */
export const body = (asked: CompletionRequest, to: Target = target): Record<string, unknown> =>
  JSON.parse(JSON.stringify(anthropic.encode(asked, to).body))

/** A message that is sent. */
export interface Turn {
  readonly role: string
  // deno-lint-ignore no-explicit-any -- tests look into it freely, and fail where it is otherwise
  readonly content: any
}

/** The messages that are sent for `messages`. */
export const sent = (...messages: ReadonlyArray<Message>): Array<Turn> =>
  JSON.parse(JSON.stringify(body(request({}, messages)).messages))
