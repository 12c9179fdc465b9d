/**
 * What tools are given and give back: text for us, objects for Gemini.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import { parse } from "../json.ts"

/**
 * The arguments of a tool call as an object. What is no object, because the model garbled it, goes
 * back whole under a name that says so: it is not ours to mend.
 */
export const toArguments = (text: string): JsonObject =>
  text.trim() === "" ? {} : parseObject(text) ?? { INVALID_JSON: text }

/** What a tool gave back, as an object: `output` is Gemini's own name for what is none by itself. */
export const toResponse = (text: string): JsonObject => parseObject(text) ?? { output: text }

/** `value` as JSON text, `{}` where there is none; absent where it is nested too deep to be written. */
export const fromArguments = (value: unknown): string | undefined => {
  // deno-lint-ignore penstock/banned -- JSON.stringify overflows the stack on what JSON.parse could read
  try {
    return JSON.stringify(value ?? {})
  } catch {
    return undefined
  }
}

/** Only what can be written again: it goes into the body of a request. */
const parseObject = (text: string): JsonObject | undefined => {
  const value = parse(text)
  return isObject(value) && fromArguments(value) !== undefined ? value : undefined
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
