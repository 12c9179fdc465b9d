/**
 * The conversation, as clients of the Responses API send it: a text, or items of many types.
 *
 * @module
 */
import type { Json, JsonObject } from "../../../domain/Completion.ts"
import type { Message } from "../../../domain/Message.ts"
import * as Fields from "../../Fields.ts"
import { array, object, string } from "../../json.ts"
import * as Signature from "../../native/signature.ts"
import { toArguments } from "../customTool.ts"
import { type PathOf, placeIn, type Places } from "../../places.ts"
import { empty, type Toolbox } from "../Toolbox.ts"
import { type Found, readContent, textParts } from "./content.ts"
import * as Conversation from "./Conversation.ts"
import { readReasoning } from "./reasoning.ts"

/** The most items of a conversation. */
const mostItems = 10_000

/** The messages of `instructions` and `input`; what is wrong with them is added to `found`. */
export const readMessages = (
  body: JsonObject,
  toolbox: Toolbox,
  found: Found
): ReadonlyArray<Message> => {
  const { issues } = found
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
    return []
  }
  items.forEach((item, at) => readItem(item, ["input", at], conversation, toolbox, found))
  return conversation.messages()
}

const readItem = (
  value: Json,
  path: Fields.Path,
  conversation: Conversation.Conversation,
  toolbox: Toolbox,
  found: Found
): void => {
  const { issues } = found
  const item = object(value)
  if (item === undefined) return void issues.push({ path, message: "Expected an item" })
  const { optional, required } = Fields.make(item, issues, path)
  switch (typeOf(item)) {
    case "message":
      return readMessage(item, path, conversation, found)
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
      return conversation.add(at(found, path, {
        role: "tool",
        toolCallId: required("call_id", callId, expectedCallId) ?? "",
        content: readContent(item.output, [...path, "output"], found)
      }))
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
  found: Found
): void => {
  const content = readContent(item.content, [...path, "content"], found)
  switch (item.role) {
    case "assistant":
      return conversation.say(content)
    case "user":
      return conversation.add(at(found, path, { role: "user", content }))
    case "system":
    case "developer":
      return conversation.add(at(found, path, { role: "system", content }))
  }
  found.issues.push({
    path: [...path, "role"],
    message: 'Expected "user", "assistant", "system" or "developer"'
  })
}

/** A message that stands at `path`. */
const at = <M extends Message>({ places }: Found, path: Fields.Path, message: M): M => {
  places?.set(message, path)
  return message
}

/** Where a place in the request is in `body`, of which it was read: looked for only when asked. */
export const placeOf = (body: JsonObject): PathOf => {
  let place: PathOf | undefined
  const look = (): PathOf => {
    const places: Places = new Map()
    return placeIn(readMessages(body, empty, { issues: [], places }), places, "input")
  }
  return (path) => (place ??= look())(path)
}
