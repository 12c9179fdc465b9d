/**
 * Requests as our tests write them.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../../src/domain/Completion.ts"
import type { Message, Part } from "../../../src/domain/Message.ts"
import { bedrock } from "../../../src/protocol/bedrock/mod.ts"
import type { Target } from "../../../src/protocol/Dialect.ts"

/** A text. */
export const text = (text: string): Part => ({ type: "text", text })

const parts = (content: ReadonlyArray<Part | string>): ReadonlyArray<Part> =>
  content.map((part) => typeof part === "string" ? text(part) : part)

/** What the system is told. */
export const system = (...content: ReadonlyArray<Part | string>): Message => ({
  role: "system",
  content: parts(content)
})

/** What a user says. */
export const user = (...content: ReadonlyArray<Part | string>): Message => ({
  role: "user",
  content: parts(content)
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
  content: parts(content)
})

/** A request; one user says "Hi" where no messages are given. */
export const request = (
  parameters: Parameters = {},
  messages: ReadonlyArray<Message> = [user("Hi")],
  dropUnsupported = false
): CompletionRequest => ({ model: "some-model", messages, parameters, dropUnsupported })

/** A model that is nobody's in particular. */
export const target: Target = { model: "mistral.mistral-large-3", stream: false }

/** The body that is sent for a request, as the provider would parse it. */
// deno-lint-ignore no-explicit-any -- tests look into it freely, and fail where it is otherwise
export const body = (asked: CompletionRequest, to: Partial<Target> = {}): any =>
  JSON.parse(JSON.stringify(bedrock.encode(asked, { ...target, ...to }).body))

/** The messages that are sent for `messages`. */
// deno-lint-ignore no-explicit-any -- as above
export const sent = (...messages: ReadonlyArray<Message>): any =>
  body(request({}, messages)).messages
