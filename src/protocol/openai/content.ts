/**
 * What a message or a piece of one says.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { Delta } from "../../domain/Delta.ts"
import { passable } from "../foreign.ts"
import { array, type Fields, object, string } from "../json.ts"

/** Adds the reasoning, the text, the refusal and what else is shown of `message` to `out`, in this order. */
export const readContent = (message: Fields, choice: number, out: Array<Delta>): void => {
  // A server may send the same reasoning under both names.
  say("Reasoning", string(message.reasoning_content) || message.reasoning, choice, out)
  if (Array.isArray(message.content)) {
    for (const part of message.content) readPart(part, choice, out)
  } else say("Text", message.content, choice, out)
  say("Refusal", message.refusal, choice, out)
  for (const key of onlyOpenAi) {
    const part = array(message[key]).length > 0 ? passable({ [key]: message[key] }) : undefined
    if (part) out.push({ _tag: "Foreign", choice, dialect: "openai", part })
  }
}

/** Citations of the web, and the pictures of OpenRouter's models: fields of a piece of a message. */
const onlyOpenAi = ["annotations", "images"]

/** Adds how likely the tokens of a choice were to `out`, where the choice tells that. */
export const readLogprobs = (value: unknown, choice: number, out: Array<Delta>): void => {
  const logprobs = object(value)
  if (logprobs === undefined) return
  const tokens = [...array(logprobs.content), ...array(logprobs.refusal)].filter(isToken)
  if (tokens.length > 0) out.push({ _tag: "Logprobs", choice, tokens })
}

// What is read here came out of `JSON.parse`, so that what is inside is JSON as well.
const isToken = (token: unknown): token is JsonObject => object(token) !== undefined

const readPart = (value: unknown, choice: number, out: Array<Delta>): void => {
  const part = object(value)
  if (part?.type === "thinking") {
    say("Reasoning", part.thinking, choice, out)
    for (const thought of array(part.thinking)) {
      say("Reasoning", object(thought)?.text, choice, out)
    }
  } else if (typeof part?.refusal === "string") say("Refusal", part.refusal, choice, out)
  else say("Text", part ? part.text : value, choice, out)
}

const say = (
  _tag: "Text" | "Reasoning" | "Refusal",
  text: unknown,
  choice: number,
  out: Array<Delta>
) => {
  if (typeof text === "string" && text !== "") out.push({ _tag, choice, text })
}
