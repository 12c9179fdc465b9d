/**
 * Tool calls: ids of any form and arguments as JSON text for us, plainer ids and objects for Bedrock.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import { parse } from "../json.ts"
import { plainId } from "../plainId.ts"

/** The longest id of a tool call that Bedrock takes. */
const maxIdLength = 64

/** The id of a tool call as Bedrock takes it; another provider's may be longer, or of more letters. */
export const toId = (id: string): string => plainId(id, maxIdLength)

/**
 * The arguments of a tool call as an object. What is no object, because the model garbled it, goes
 * back whole under a name that says so: it is not ours to mend.
 */
export const toInput = (text: string): JsonObject => {
  if (text.trim() === "") return {}
  const input = parse(text)
  return isObject(input) && fromInput(input) !== undefined ? input : { INVALID_JSON: text }
}

/** `input` as JSON text, `{}` where there is none; absent where it is nested too deep to be written. */
export const fromInput = (input: unknown): string | undefined => {
  // deno-lint-ignore penstock/banned -- JSON.stringify overflows the stack on what JSON.parse could read
  try {
    return JSON.stringify(input ?? {})
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
