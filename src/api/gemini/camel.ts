/**
 * The two spellings of Google's fields.
 *
 * @module
 */
import type { Json, JsonObject } from "../../domain/Completion.ts"
import { object } from "../json.ts"

/** `value`, if it is an object, its fields named as in `systemInstruction`: Google takes `system_instruction` too. */
export const camelObject = (value: unknown): JsonObject | undefined => {
  const fields = object(value)
  return fields && camelKeys(fields)
}

/** The fields in their order, each by its name in camel case; the same object where they are. */
export const camelKeys = (fields: JsonObject): JsonObject => {
  const keys = Object.keys(fields)
  if (!keys.some((key) => key.includes("_"))) return fields
  return Object.fromEntries(
    keys.map((key): [string, Json | undefined] => [camel(key), fields[key]])
  )
}

/** Longer than any name of Google's: such a key is somebody's data. */
const longest = 64

const camel = (key: string): string =>
  key.length > longest
    ? key
    : key.replace(/(?<=[^_])_([a-z])/g, (_, letter) => letter.toUpperCase())
