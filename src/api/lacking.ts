/**
 * What a provider's own answer lacks.
 *
 * @module
 */
import type { JsonObject } from "../domain/Completion.ts"

/** The fields of `ours` that `theirs` has not: `null` is a field. */
export const lacking = (theirs: JsonObject, ours: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(ours).filter(([key]) => theirs[key] === undefined))
