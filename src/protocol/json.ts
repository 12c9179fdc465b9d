/**
 * Looking into JSON that somebody else wrote. Nothing here throws, and nothing is taken for what it
 * is not: a field of another type is as good as absent.
 *
 * @module
 */

/** A JSON object of which nothing is known. */
export interface Fields {
  readonly [key: string]: unknown
}

/** `text` as JSON; `undefined` where it is not JSON. */
export const parse = (text: string): unknown => {
  // deno-lint-ignore penstock/banned -- JSON.parse speaks in exceptions; an Effect per event would cost more than the parse
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** `value`, if it is an object. */
export const object = (value: unknown): Fields | undefined => isFields(value) ? value : undefined

/** `value`, if it is an array, else an empty one. */
export const array = (value: unknown): ReadonlyArray<unknown> => Array.isArray(value) ? value : []

/** `value`, if it is a string. */
export const string = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined

/** `value`, if it can be a count of tokens: a whole number from 0 to a billion. */
export const count = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 1e9
    ? value
    : undefined

/** `value`, if it can be an index: a whole number from 0 to 1000. */
export const index = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 1000
    ? value
    : undefined
