/**
 * Requests and chunks, as our tests of Gemini need them.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../../src/domain/Completion.ts"
import type { Message, Part, ToolCall } from "../../../src/domain/Message.ts"
import type { Target } from "../../../src/protocol/Dialect.ts"
import { gemini } from "../../../src/protocol/gemini/mod.ts"

export const text = (text: string): Part => ({ type: "text", text })

export const system = (...content: ReadonlyArray<Part>): Message => ({ role: "system", content })

export const user = (...content: ReadonlyArray<Part>): Message => ({ role: "user", content })

export const assistant = (
  content: ReadonlyArray<Part>,
  toolCalls: ReadonlyArray<ToolCall> = []
): Message => ({ role: "assistant", content, reasoning: [], toolCalls })

export const tool = (toolCallId: string, ...content: ReadonlyArray<Part>): Message => ({
  role: "tool",
  toolCallId,
  content
})

export const request = (
  messages: ReadonlyArray<Message>,
  parameters: Parameters = {}
): CompletionRequest => ({ model: "ours", messages, parameters, dropUnsupported: false })

/** What is sent for a request, as JSON has it. */
export const encoded = (
  messages: ReadonlyArray<Message>,
  parameters: Parameters = {},
  target: Target = { model: "gemini-2.5-flash", stream: false }
) => JSON.parse(JSON.stringify(gemini.encode(request(messages, parameters), target).body))

/** A chunk with the parts of one candidate, and whatever else. */
export const chunk = (
  parts: ReadonlyArray<unknown>,
  candidate: Readonly<Record<string, unknown>> = {},
  rest: Readonly<Record<string, unknown>> = {}
) => ({ candidates: [{ content: { role: "model", parts }, index: 0, ...candidate }], ...rest })
