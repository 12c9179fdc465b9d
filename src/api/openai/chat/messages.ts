/**
 * The conversation, as OpenAI's clients write it.
 *
 * @module
 */
import type { Json } from "../../../domain/Completion.ts"
import type { Message, Part } from "../../../domain/Message.ts"
import * as Fields from "../../Fields.ts"
import { array, object, string } from "../../json.ts"
import type { Toolbox } from "../Toolbox.ts"
import { readContent } from "./content.ts"
import { type Findings, openaiOnly } from "./Findings.ts"
import { readReasoning } from "./reasoning.ts"
import { readToolCalls } from "./toolCalls.ts"

/** The most messages of a conversation. */
const mostMessages = 10_000

/** The conversation in `value`. */
export const readMessages = (
  value: Json | undefined,
  toolbox: Toolbox,
  findings: Findings
): ReadonlyArray<Message> => {
  const items = array(value)
  if (items === undefined || items.length === 0 || items.length > mostMessages) {
    const message = `Expected an array of 1 to ${mostMessages} messages`
    findings.issues.push({ path: ["messages"], message })
    return []
  }
  const messages: Array<Message> = []
  for (let at = 0; at < items.length; at++) {
    const message = readMessage(items[at], ["messages", at], toolbox, findings)
    if (message) messages.push(message)
  }
  return messages
}

const readMessage = (
  value: Json | undefined,
  path: Fields.Path,
  toolbox: Toolbox,
  findings: Findings
): Message | undefined => {
  const { issues } = findings
  const message = object(value)
  if (message === undefined) {
    issues.push({ path, message: "Expected a message" })
    return undefined
  }
  const content = () => readContent(message.content, [...path, "content"], findings)
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
      for (const key of ["function_call", "audio"]) {
        if (object(message[key])) openaiOnly(findings, [...path, key], `"${key}"`)
      }
      return {
        role: "assistant",
        content: orRefusal(content(), string(message.refusal)),
        reasoning: readReasoning(message),
        toolCalls: readToolCalls(message.tool_calls, [...path, "tool_calls"], toolbox, issues)
      }
    }
    case "tool": {
      const id = fields.required("tool_call_id", Fields.textUpTo(1024), "the id of the tool call")
      return { role: "tool", toolCallId: id ?? "", content: content() }
    }
    case "function":
      openaiOnly(findings, path, 'A message of role "function"')
      // So that it counts where prompts are measured: nobody is told it like this.
      return { role: "tool", toolCallId: string(message.name) ?? "function", content: content() }
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
