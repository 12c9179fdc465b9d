/**
 * What a function gave back.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { Message, Part } from "../../domain/Message.ts"
import type { Path } from "../Fields.ts"
import { array, object, string } from "../json.ts"
import type { CallIds } from "./callIds.ts"
import { camelObject } from "./camel.ts"
import { imageOf } from "./media.ts"
import { found, noteOther, type Notes } from "./Notes.ts"
import { argumentsOf } from "./parts.ts"

/** The result of a call, in the part at `path`. */
export const readFunctionResponse = (
  given: JsonObject,
  path: Path,
  ids: CallIds,
  notes: Notes
): Message => {
  const at = [...path, "functionResponse"]
  const name = string(given.name) ?? ""
  const id = string(given.id) || undefined
  if (name === "" && id === undefined) {
    notes.issues.push({ path: [...at, "name"], message: "Expected the name of a function" })
  }
  const response = object(given.response) ?? {}
  if (response !== given.response && given.response !== undefined && given.response !== null) {
    notes.issues.push({ path: [...at, "response"], message: "Expected an object" })
  }
  const failed = single(response, "error")
  const text = failed ?? output(response) ?? JSON.stringify(response)
  const content: Array<Part> = [{ type: "text", text }]
  array(given.parts)?.forEach((value, index) => {
    const part = camelObject(value) ?? {}
    const place = [...at, "parts", index]
    const image = imageOf(part)
    if (image) content.push(found(notes, place, image))
    else noteOther(part, place, notes)
  })
  return found(notes, at, {
    role: "tool",
    toolCallId: ids.answered(id, name),
    content,
    ...(failed === undefined ? {} : { isError: true })
  })
}

/** The text that is all of a response: these names are Gemini's own for what is none by itself. */
const single = (response: JsonObject, name: "output" | "error"): string | undefined => {
  const text = string(response[name])
  return text !== undefined && Object.keys(response).length === 1 ? text : undefined
}

/** A text that is an object would go out again as one: it stays where it is. */
const output = (response: JsonObject): string | undefined => {
  const text = single(response, "output")
  return text?.trimStart().startsWith("{") && argumentsOf(text) ? undefined : text
}
