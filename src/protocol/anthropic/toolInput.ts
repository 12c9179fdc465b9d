/**
 * The arguments of a tool call: JSON text for us, an object for Anthropic.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import { parse } from "../json.ts"

/**
 * `text` as the object that Anthropic wants back. What is no object, because the model garbled it,
 * goes back whole under a name that says so, as Anthropic's guide to tool streaming advises: with
 * `{}` instead the model would no longer see its mistake, and a refusal would end the conversation.
 */
export const toInput = (text: string): JsonObject => {
  if (text.trim() === "") return {}
  const input = parse(text)
  return isObject(input) && fromInput(input) !== undefined ? input : { INVALID_JSON: text }
}

/** `input` as JSON text, `{}` where there is none; absent where it is nested too deep to be written. */
export const fromInput = (input: unknown): string | undefined => {
  if (input === undefined || input === null) return "{}"
  // deno-lint-ignore penstock/banned -- JSON.stringify overflows the stack on what JSON.parse could read
  try {
    return JSON.stringify(input)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
