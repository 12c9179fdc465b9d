/**
 * How a file writes the texts that came out of the environment: those may be secrets in a wrong place.
 *
 * @module
 */
import type * as Schema from "effect/Schema"
import type { ConfigFile } from "./ConfigFile.ts"

/** For each text that was filled in, what stands in the file, such as `${OPENAI_API_KEY}`. */
export type Written = ReadonlyMap<string, string>

/** Nothing was filled in. */
export const nothingWritten: Written = new Map()

// Beside the file and not in it, so that it can neither be shown nor kept by mistake.
const known = new WeakMap<ConfigFile, Written>()

/** Remembers how `file` writes what was filled into it. */
export const remember = (file: ConfigFile, written: Written): void => void known.set(file, written)

/** How `file` writes what was filled into it. */
export const writtenIn = (file: ConfigFile): Written => known.get(file) ?? nothingWritten

/** `text` as the file writes it, for whoever is told of it. */
export const quoted = (text: string, written: Written): string => `"${written.get(text) ?? text}"`

/** `value` with each text as the file writes it. */
export const asWritten = (value: Schema.Json, written: Written): Schema.Json => {
  if (typeof value === "string") return written.get(value) ?? value
  if (typeof value !== "object" || value === null) return value
  return Array.isArray(value) ? value.map((item) => asWritten(item, written)) : Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, asWritten(item, written)])
  )
}
