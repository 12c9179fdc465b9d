/**
 * What the model said earlier.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { Message, Part, Reasoning, ToolCall } from "../../domain/Message.ts"
import type { Path } from "../Fields.ts"
import { object, string } from "../json.ts"
import { camelObject } from "./camel.ts"
import type { CallIds } from "./callIds.ts"
import { found, noteOther, type Notes } from "./Notes.ts"
import * as Signature from "./signature.ts"

/** A turn of the model, to which each of its parts adds. */
export interface ModelTurn {
  readonly read: (part: JsonObject, path: Path, notes: Notes) => void
}

/** A turn that stands in `messages` as soon as it has something in it. */
export const make = (messages: Array<Message>, ids: CallIds): ModelTurn => {
  const content: Array<Part> = []
  const reasoning: Array<Reasoning> = []
  const toolCalls: Array<ToolCall> = []
  let isEmpty = true
  const begin = (path: Path, notes: Notes) => {
    if (!isEmpty) return
    messages.push(found(notes, path, { role: "assistant", content, reasoning, toolCalls }))
    isEmpty = false
  }

  const say = (text: string): void => {
    if (text === "") return
    const last = content.at(-1)
    if (last?.type === "text") content[content.length - 1] = { ...last, text: last.text + text }
    else content.push({ type: "text", text })
  }

  /** Thoughts come in pieces; a signature ends a block of them. */
  const think = (text: string, signature: ToolCall["signature"]): void => {
    const last = reasoning.at(-1)
    if (last?.type === "text" && last.signature === undefined) {
      reasoning[reasoning.length - 1] = { ...last, text: last.text + text, signature }
    } else if (text !== "" || signature) reasoning.push({ type: "text", text, signature })
  }

  const call = (asked: JsonObject, signed: Signature.Carried, path: Path, notes: Notes): void => {
    const name = string(asked.name)
    const args = object(asked.args)
    if (!name) {
      notes.issues.push({ path: [...path, "functionCall", "name"], message: "Expected a name" })
      return
    }
    if (args === undefined && asked.args !== undefined && asked.args !== null) {
      notes.issues.push({ path: [...path, "functionCall", "args"], message: "Expected an object" })
    }
    toolCalls.push({
      id: ids.called(string(asked.id) || undefined, name),
      name,
      arguments: JSON.stringify(args ?? {}),
      signature: signed.signature
    })
  }

  return {
    read: (part, path, notes) => {
      begin(path.slice(0, 2), notes)
      const signed = Signature.read(string(part.thoughtSignature) ?? "")
      const signature = signed.signature?.value ? signed.signature : undefined
      for (const block of signed.reasoning) reasoning.push(block)
      const text = string(part.text)
      const asked = camelObject(part.functionCall)
      if (asked) return call(asked, { ...signed, signature }, path, notes)
      if (text === undefined) return noteOther(part, path, notes)
      if (part.thought === true) return think(text, signature)
      say(text)
      // Gemini signs what it says as well as what it thinks.
      if (signature) think("", signature)
    }
  }
}
