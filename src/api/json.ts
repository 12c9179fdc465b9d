/**
 * Looking into JSON that a client wrote. Nothing here throws, and nothing is taken for what it is
 * not: a value of another type is as good as absent.
 *
 * @module
 */
import type { Json, JsonObject } from "../domain/Completion.ts"

// What is looked at here came out of `JSON.parse`, so that what is inside is JSON as well.
const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const isArray = (value: unknown): value is ReadonlyArray<Json> => Array.isArray(value)

/** `value`, if it is an object. */
export const object = (value: unknown): JsonObject | undefined =>
  isObject(value) ? value : undefined

/** `value`, if it is an array. */
export const array = (value: unknown): ReadonlyArray<Json> | undefined =>
  isArray(value) ? value : undefined

/** `value`, if it is a string. */
export const string = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined

/** `value`, if it is a finite number. */
export const number = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined

/** `value`, if it is a whole number that can be told from its neighbours. */
export const integer = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) ? value : undefined

/** `value`, if it is a boolean. */
export const boolean = (value: unknown): boolean | undefined =>
  typeof value === "boolean" ? value : undefined
