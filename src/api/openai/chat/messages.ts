/**
 * The conversation, as OpenAI's clients write it.
 *
 * @module
 */
import type { Json } from "../../../domain/Completion.ts"
import type { Issue } from "../../../domain/GatewayError.ts"
import type { Message, Part } from "../../../domain/Message.ts"
import * as Fields from "../../Fields.ts"
import { array, object, string } from "../../json.ts"
import { readContent } from "./content.ts"
import { readReasoning } from "./reasoning.ts"
import { readToolCalls } from "./toolCalls.ts"

/** The most messages of a conversation. */
const mostMessages = 10_000

/** The conversation in `value`; what is wrong with it is added to `issues`. */
export const readMessages = (
  value: Json | undefined,
  issues: Array<Issue>
): ReadonlyArray<Message> => {
  const items = array(value)
  if (items === undefined || items.length === 0 || items.length > mostMessages) {
    const message = `Expected an array of 1 to ${mostMessages} messages`
    issues.push({ path: ["messages"], message })
    return []
  }
  const messages: Array<Message> = []
  for (let at = 0; at < items.length; at++) {
    const message = readMessage(items[at], ["messages", at], issues)
    if (message) messages.push(message)
  }
  return messages
}

const readMessage = (
  value: Json | undefined,
  path: Fields.Path,
  issues: Array<Issue>
): Message | undefined => {
  const message = object(value)
  if (message === undefined) {
    issues.push({ path, message: "Expected a message" })
    return undefined
  }
  const content = () => readContent(message.content, [...path, "content"], issues)
  const fields = Fields.make(message, issues, path)
  switch (message.role) {
    case "system":
    case "developer":
      return { role: "system", content: content() }
    case "user":
      return {
        role: "user",
        content: content(),
        name: fields.optional("name", Fields.textUpTo(256), "a name of 1 to 256 characters")
      }
    case "assistant": {
      fields.refused("function_call", useToolCalls)
      fields.refused("audio", "Audio cannot be passed on")
      return {
        role: "assistant",
        content: orRefusal(content(), string(message.refusal)),
        reasoning: readReasoning(message),
        toolCalls: readToolCalls(message.tool_calls, [...path, "tool_calls"], issues)
      }
    }
    case "tool": {
      const id = fields.required("tool_call_id", Fields.textUpTo(1024), "the id of the tool call")
      return { role: "tool", toolCallId: id ?? "", content: content() }
    }
    case "function":
      issues.push({ path: [...path, "role"], message: useToolCalls })
      return undefined
    default:
      issues.push({
        path: [...path, "role"],
        message: `Expected "system", "developer", "user", "assistant" or "tool"`
      })
      return undefined
  }
}

/** What the model said, if only that it would not answer. */
const orRefusal = (
  content: ReadonlyArray<Part>,
  refusal: string | undefined
): ReadonlyArray<Part> =>
  content.length === 0 && refusal ? [{ type: "text", text: refusal }] : content

/** Why functions, which tools have replaced, are not taken. */
export const useToolCalls = "Functions are not supported: use tools and tool_calls"
