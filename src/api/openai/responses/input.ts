/**
 * The conversation, as clients of the Responses API send it: a text, or items of many types.
 *
 * @module
 */
import type { Json, JsonObject } from "../../../domain/Completion.ts"
import type { Issue } from "../../../domain/GatewayError.ts"
import type { Message } from "../../../domain/Message.ts"
import * as Fields from "../../Fields.ts"
import { array, object, string } from "../../json.ts"
import * as Signature from "../../native/signature.ts"
import { toArguments } from "../customTool.ts"
import type { Toolbox } from "../Toolbox.ts"
import { readContent, textParts } from "./content.ts"
import * as Conversation from "./Conversation.ts"
import { readReasoning } from "./reasoning.ts"

/** The most items of a conversation. */
const mostItems = 10_000

/** The messages of `instructions` and `input`; what is wrong with them is added to `issues`. */
export const readMessages = (
  body: JsonObject,
  toolbox: Toolbox,
  issues: Array<Issue>
): ReadonlyArray<Message> => {
  const conversation = Conversation.make()
  const { optional } = Fields.make(body, issues)
  const instructions = optional("instructions", string, "a text")
  if (instructions) conversation.add({ role: "system", content: textParts(instructions) })
  const text = string(body.input)
  if (text !== undefined) {
    conversation.add({ role: "user", content: textParts(text) })
    return conversation.messages()
  }
  const items = array(body.input)
  if (items === undefined || items.length === 0 || items.length > mostItems) {
    const message = `Expected a text or an array of 1 to ${mostItems} items`
    issues.push({ path: ["input"], message })
  }
  items?.forEach((item, at) => readItem(item, ["input", at], conversation, toolbox, issues))
  return conversation.messages()
}

const readItem = (
  value: Json,
  path: Fields.Path,
  conversation: Conversation.Conversation,
  toolbox: Toolbox,
  issues: Array<Issue>
): void => {
  const item = object(value)
  if (item === undefined) return void issues.push({ path, message: "Expected an item" })
  const { optional, required } = Fields.make(item, issues, path)
  switch (typeOf(item)) {
    case "message":
      return readMessage(item, path, conversation, issues)
    case "reasoning": {
      const block = readReasoning(item)
      if (block) conversation.think(block)
      return
    }
    case "function_call":
    case "custom_tool_call": {
      const type = item.type === "function_call" ? "function" : "custom"
      const name = required("name", Fields.textUpTo(256), "the tool's name") ?? ""
      const namespace = optional("namespace", Fields.textUpTo(256), "a text of 1 to 256 characters")
      return conversation.call({
        id: required("call_id", callId, expectedCallId) ?? "",
        name: toolbox.nameOf({ type, name, namespace }),
        arguments: type === "function"
          ? required("arguments", string, "JSON in a text") ?? ""
          : toArguments(required("input", string, "a text") ?? ""),
        signature: Signature.read(optional("signature", string, "a text"))
      })
    }
    case "function_call_output":
    case "custom_tool_call_output":
      return conversation.add({
        role: "tool",
        toolCallId: required("call_id", callId, expectedCallId) ?? "",
        content: readContent(item.output, [...path, "output"], issues)
      })
    case "item_reference":
      return void issues.push({ path, message: noReferences })
  }
  issues.push({
    path: [...path, "type"],
    message:
      'Expected "message", "reasoning", "function_call", "custom_tool_call" or one of their ' +
      "outputs: no other kind of item can be passed on"
  })
}

/** A message may leave its type out. */
const typeOf = ({ role, type }: JsonObject): string | undefined =>
  string(type) ?? (string(role) === undefined ? undefined : "message")

const callId = Fields.textUpTo(1024)
const expectedCallId = "the id of the function call"

const noReferences = "No responses are kept here, so no item can be referred to: send the item " +
  "itself, as it came (clients that refer to items by themselves send them with `store: false`)"

const readMessage = (
  item: JsonObject,
  path: Fields.Path,
  conversation: Conversation.Conversation,
  issues: Array<Issue>
): void => {
  const content = readContent(item.content, [...path, "content"], issues)
  switch (item.role) {
    case "assistant":
      return conversation.say(content)
    case "user":
      return conversation.add({ role: "user", content })
    case "system":
    case "developer":
      return conversation.add({ role: "system", content })
  }
  issues.push({
    path: [...path, "role"],
    message: 'Expected "user", "assistant", "system" or "developer"'
  })
}
