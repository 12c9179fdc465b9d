/**
 * Reading the fields of an object that a client wrote, and taking note of what is wrong with them.
 *
 * @module
 */
import type { JsonObject } from "../domain/Completion.ts"
import type { Issue } from "../domain/GatewayError.ts"

/** Where something stands in a request. */
export type Path = Issue["path"]

/** What a reader makes of a value; `undefined` where it is not what is expected. */
export type Read<A> = (value: unknown) => A | undefined

/** The fields of one object. `null` is as good as absent: many clients write it for what is not set. */
export interface Fields {
  /** The field, where it is there; a value that `read` does not know is an issue. */
  readonly optional: <A>(key: string, read: Read<A>, expected: string) => A | undefined
  /** The field; an issue where it is not there, or nothing that `read` knows. */
  readonly required: <A>(key: string, read: Read<A>, expected: string) => A | undefined
  /** Notes that the field cannot be honoured, where it is there. */
  readonly refused: (key: string, message: string) => void
}

/** The fields of `from`, which stands at `path`; what is wrong is added to `issues`. */
export const make = (from: JsonObject, issues: Array<Issue>, path: Path = []): Fields => {
  const wrong = (key: string, message: string): undefined => {
    issues.push({ path: [...path, key], message })
    return undefined
  }
  const optional = <A>(key: string, read: Read<A>, expected: string): A | undefined => {
    const value = from[key]
    if (value === undefined || value === null) return undefined
    const found = read(value)
    return found === undefined ? wrong(key, `Expected ${expected}`) : found
  }
  return {
    optional,
    required: (key, read, expected) =>
      from[key] === undefined || from[key] === null
        ? wrong(key, `It is missing: expected ${expected}`)
        : optional(key, read, expected),
    refused: (key, message) => {
      if (from[key] !== undefined && from[key] !== null) wrong(key, message)
    }
  }
}

/** Reads a number from `least` to `most`. */
export const between = (least: number, most: number): Read<number> => (value) =>
  typeof value === "number" && value >= least && value <= most ? value : undefined

/** Reads a whole number from `least` to `most`. */
export const wholeBetween = (least: number, most: number): Read<number> => (value) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most
    ? value
    : undefined

/** Reads a text of 1 to `most` characters. */
export const textUpTo = (most: number): Read<string> => (value) =>
  typeof value === "string" && value !== "" && value.length <= most ? value : undefined

/** Reads one of `words`. */
export const oneOf =
  <const Word extends string>(...words: ReadonlyArray<Word>): Read<Word> => (value) =>
    words.find((word) => word === value)
