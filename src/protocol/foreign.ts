/**
 * What the domain has no word for, on its way to clients of the same dialect.
 *
 * @module
 */
import type { JsonObject } from "../domain/Completion.ts"
import type { Fields } from "./json.ts"

/** The deepest nesting that is passed on: more overflows the stack where it is written again. */
const deepest = 200

/** `value` as it came, if it is an object that can be written again. */
export const passable = (value: unknown): JsonObject | undefined =>
  isObject(value) && isWithin(deepest, value) ? value : undefined

/** What `fields` say beside those that are `known`; absent where that is nothing. */
export const besides = (
  fields: Fields | undefined,
  known: ReadonlySet<string>
): JsonObject | undefined => chosen(fields, known, false)

/** What `fields` say of those that are `named`; absent where that is nothing. */
export const among = (
  fields: Fields | undefined,
  named: ReadonlySet<string>
): JsonObject | undefined => chosen(fields, named, true)

const chosen = (
  fields: Fields | undefined,
  names: ReadonlySet<string>,
  isAmong: boolean
): JsonObject | undefined => {
  const isChosen = (key: string) =>
    names.has(key) === isAmong && fields?.[key] !== null && fields?.[key] !== undefined
  for (const key in fields) {
    // Mostly there is none, and nothing is made for it.
    if (isChosen(key)) {
      return passable(Object.fromEntries(Object.entries(fields).filter(([key]) => isChosen(key))))
    }
  }
  return undefined
}

// What is looked at here came out of `JSON.parse`, so that what is inside is JSON as well.
const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isWithin = (depth: number, value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return true
  return depth > 0 && Object.values(value).every((each) => isWithin(depth - 1, each))
}
