/**
 * What a message or a piece of one says.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import { array, type Fields, object, string } from "../json.ts"

/** Adds the reasoning and the text of `message` to `out`, reasoning first. */
export const readContent = (message: Fields, choice: number, out: Array<Delta>): void => {
  // A server may send the same reasoning under both names.
  say("Reasoning", string(message.reasoning_content) || message.reasoning, choice, out)
  if (Array.isArray(message.content)) {
    for (const part of message.content) readPart(part, choice, out)
  } else say("Text", message.content, choice, out)
  say("Text", message.refusal, choice, out)
}

const readPart = (value: unknown, choice: number, out: Array<Delta>): void => {
  const part = object(value)
  if (part?.type === "thinking") {
    say("Reasoning", part.thinking, choice, out)
    for (const thought of array(part.thinking)) {
      say("Reasoning", object(thought)?.text, choice, out)
    }
  } else say("Text", part ? part.text ?? part.refusal : value, choice, out)
}

const say = (_tag: "Text" | "Reasoning", text: unknown, choice: number, out: Array<Delta>) => {
  if (typeof text === "string" && text !== "") out.push({ _tag, choice, text })
}
