/**
 * What differs between two values.
 *
 * @module
 */
import * as Schema from "effect/Schema"

/** One place where two values differ; `null` where there is nothing. */
export const Difference = Schema.Struct({
  /** Such as `models.gpt-4.priority`. */
  path: Schema.String,
  before: Schema.Json,
  after: Schema.Json
})
/** One place where two values differ. */
export type Difference = typeof Difference.Type

/** Where `before` and `after` differ, each place below `path`; a list is one place. */
export const differences = (
  path: string,
  before: unknown,
  after: unknown
): ReadonlyArray<Difference> => {
  if (!isRecord(before) && !isRecord(after)) {
    const [old, young] = [plain(before), plain(after)]
    return JSON.stringify(old) === JSON.stringify(young)
      ? []
      : [{ path, before: old, after: young }]
  }
  const [old, young] = [fieldsOf(before), fieldsOf(after)]
  return Array.from(new Set([...old.keys(), ...young.keys()])).flatMap((key) =>
    differences(path === "" ? key : `${path}.${key}`, old.get(key), young.get(key))
  )
}

const isRecord = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> =>
  new Map(isRecord(value) ? Object.entries(value) : [])

const plain = (value: unknown): Schema.Json => Schema.is(Schema.Json)(value) ? value : null
