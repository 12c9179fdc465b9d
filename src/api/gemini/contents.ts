/**
 * From Gemini's contents to messages.
 *
 * @module
 */
import type { Json, JsonObject } from "../../domain/Completion.ts"
import type { Message, Part } from "../../domain/Message.ts"
import type { Path } from "../Fields.ts"
import { array, object, string } from "../json.ts"
import { camelObject } from "./camel.ts"
import * as CallIds from "./callIds.ts"
import { readFunctionResponse } from "./functionResponse.ts"
import { imageOf } from "./media.ts"
import * as ModelTurn from "./modelTurn.ts"
import { found, noteOther, type Notes } from "./Notes.ts"

/** What the system says; nothing where it says nothing. */
export const readSystem = (value: Json | undefined, notes: Notes): ReadonlyArray<Message> => {
  const path = ["systemInstruction"]
  const content: Array<Part> = []
  for (const [part, at] of partsOf(value, path, notes)) {
    const text = string(part.text)
    if (text) content.push({ type: "text", text })
    else if (text === undefined) notes.issues.push({ path: at, message: "Expected a part of text" })
  }
  return content.length === 0 ? [] : [found(notes, path, { role: "system", content })]
}

/** The conversation. What stands in it that nobody else can be told is noted. */
export const readContents = (value: Json | undefined, notes: Notes): ReadonlyArray<Message> => {
  const messages: Array<Message> = []
  const ids = CallIds.make()
  // A streamed answer comes back as a content for each of its chunks: together they are one turn.
  let turn: ModelTurn.ModelTurn | undefined
  const contents = array(value) ?? (value === undefined || value === null ? [] : [value])
  contents.forEach((content, index) => {
    const path = ["contents", index]
    const role = roleOf(content)
    if (role === undefined) {
      notes.issues.push({ path: [...path, "role"], message: 'Expected "user" or "model"' })
      return
    }
    const parts = partsOf(content, path, notes)
    if (role === "model") {
      turn ??= ModelTurn.make(messages, ids)
      for (const [part, at] of parts) turn.read(part, at, notes)
      return
    }
    if (parts.length > 0) turn = undefined
    const said: Array<Part> = []
    let answers = 0
    for (const [part, at] of parts) {
      const response = camelObject(part.functionResponse)
      // They follow the calls at once: others want nothing in between.
      if (response) {
        messages.push(readFunctionResponse(response, at, ids, notes))
        answers++
      } else readSaid(part, at, said, notes)
    }
    // Also where all of it is in no words but Gemini's: something was said.
    if (parts.length > answers) messages.push(found(notes, path, { role, content: said }))
  })
  return messages
}

const roleOf = (content: Json): "user" | "model" | "system" | undefined => {
  const role = object(content)?.role ?? "user"
  switch (role) {
    case "":
    case "user":
    case "function":
    case "tool":
      return "user"
    case "model":
    case "system":
      return role
    default:
      return undefined
  }
}

/** The parts of a content, which may be a mere text, each with where it stands. */
const partsOf = (
  value: Json | undefined,
  path: Path,
  { issues }: Notes
): ReadonlyArray<readonly [part: JsonObject, path: Path]> => {
  if (value === undefined || value === null) return []
  if (typeof value === "string") return [[{ text: value }, path]]
  if (typeof value !== "object") {
    issues.push({ path, message: "Expected a content with parts" })
    return []
  }
  const { parts } = object(value) ?? { parts: array(value) }
  if (parts === undefined || parts === null) return []
  return (array(parts) ?? [parts]).flatMap((value, index) => {
    const at = [...path, "parts", index]
    const part = typeof value === "string" ? { text: value } : camelObject(value)
    if (part) return [[part, at] as const]
    issues.push({ path: at, message: "Expected an object" })
    return []
  })
}

const readSaid = (part: JsonObject, path: Path, said: Array<Part>, notes: Notes): void => {
  const text = string(part.text)
  if (text !== undefined) {
    said.push(found(notes, path, { type: "text", text }))
    return
  }
  const image = imageOf(part)
  if (image) said.push(found(notes, path, image))
  else noteOther(part, path, notes)
}
