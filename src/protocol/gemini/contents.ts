/**
 * The conversation, in Gemini's words.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import { type Message, type Part, textOf } from "../../domain/Message.ts"
import { imagePart } from "./image.ts"
import { modelParts } from "./modelParts.ts"
import { givenId } from "./toolCallId.ts"
import { toResponse } from "./toolArguments.ts"

/** What the system says, wherever in the conversation it says it; absent where it says nothing. */
export const systemInstruction = (messages: ReadonlyArray<Message>): JsonObject | undefined => {
  const parts = messages.flatMap(({ role, content }) =>
    role === "system" ? contentParts(content.filter(({ type }) => type === "text")) : []
  )
  return parts.length === 0 ? undefined : { parts }
}

/** The turns of `model` and of everybody else; Gemini wants them to alternate. */
export const contents = (
  messages: ReadonlyArray<Message>,
  model: string
): ReadonlyArray<JsonObject> => {
  const turns: Array<Turn> = []
  const tools = new Map<string, string>()
  for (const message of inOrder(messages)) {
    if (message.role === "system") continue
    const role = message.role === "assistant" ? "model" : "user"
    const parts = partsOf(message, tools, model)
    if (parts.length === 0) continue
    const last = turns.at(-1)
    if (last?.role === role) last.parts.push(...parts)
    else turns.push({ role, parts: [...parts] })
  }
  return turns
}

/**
 * With the results of each turn first, as their calls are: where those have no ids, their order tells
 * which is whose.
 */
const inOrder = (messages: ReadonlyArray<Message>): ReadonlyArray<Message> => {
  const ordered: Array<Message> = []
  let places = new Map<string, number>()
  let results: Array<ToolMessage> = []
  let others: Array<Message> = []
  const placeOf = ({ toolCallId }: ToolMessage) => places.get(toolCallId) ?? places.size
  const put = () => {
    ordered.push(...results.sort((a, b) => placeOf(a) - placeOf(b)), ...others)
    results = []
    others = []
  }
  for (const message of messages) {
    if (message.role === "tool") results.push(message)
    else if (message.role !== "assistant") others.push(message)
    else {
      put()
      ordered.push(message)
      places = new Map(message.toolCalls.map(({ id }, place) => [id, place]))
    }
  }
  put()
  return ordered
}

/** Not an interface: those are no `JsonObject`. */
type Turn = { readonly role: "user" | "model"; readonly parts: Array<JsonObject> }

/** `tools` remembers the name of each tool that was called, by the id of the call. */
const partsOf = (
  message: Exclude<Message, { readonly role: "system" }>,
  tools: Map<string, string>,
  model: string
): ReadonlyArray<JsonObject> => {
  const parts = contentParts(message.content)
  switch (message.role) {
    case "user":
      return parts.length === 0 ? [{ text: "" }] : parts
    case "assistant":
      for (const { id, name } of message.toolCalls) tools.set(id, name)
      return modelParts(message, parts, model)
    case "tool":
      return toolParts(message, tools)
  }
}

type ToolMessage = Extract<Message, { readonly role: "tool" }>

/** A result is text; images that a tool gives back stand beside it. */
const toolParts = (
  { content, isError = false, toolCallId: id }: ToolMessage,
  tools: ReadonlyMap<string, string>
): ReadonlyArray<JsonObject> => {
  const name = tools.get(id)
  const text = textOf(content)
  return [
    {
      functionResponse: {
        id: name === undefined ? undefined : givenId(id),
        name: name ?? id,
        response: isError ? { error: text } : toResponse(text)
      }
    },
    ...contentParts(content.filter(({ type }) => type === "image"))
  ]
}

/** Gemini refuses empty texts; images that it cannot take are reported as unsupported. */
const contentParts = (content: ReadonlyArray<Part>): ReadonlyArray<JsonObject> =>
  content.flatMap((part) => {
    if (part.type === "text") return part.text === "" ? [] : [{ text: part.text }]
    const image = imagePart(part.url)
    return image === undefined ? [] : [image]
  })
