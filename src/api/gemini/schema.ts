/**
 * Gemini's schemas, which are OpenAPI's, as JSON Schema.
 *
 * @module
 */
import type { Json, JsonObject } from "../../domain/Completion.ts"
import { array, object, string } from "../json.ts"
import { camelKeys } from "./camel.ts"

/** A schema in OpenAPI's words as JSON Schema; what is JSON Schema already stays as it is. */
export const jsonSchema = (openapi: JsonObject): JsonObject => {
  const { nullable, type, example: _, propertyOrdering: __, ...rest } = camelKeys(openapi)
  const types = typeOf(type)
  const schema: Record<string, Json | undefined> = {}
  if (types !== undefined) schema.type = nullable === true ? withNull(types) : types
  for (const [key, value] of Object.entries(rest)) {
    // These say nothing that JSON Schema would know.
    if (value === null || key === "format" && value === "enum") continue
    schema[key] = field(key, value)
  }
  const { enum: words } = schema
  if (nullable === true && Array.isArray(words) && !words.includes(null)) {
    schema.enum = [...words, null]
  }
  return schema
}

const field = (key: string, value: Json | undefined): Json | undefined => {
  if (counts.has(key) && typeof value === "string" && /^\d{1,15}$/.test(value)) return Number(value)
  if (maps.has(key)) {
    const named = object(value)
    return named && Object.fromEntries(
      Object.entries(named).map(([name, one]): [string, Json | undefined] => [name, nested(one)])
    )
  }
  if (!schemas.has(key)) return value
  return array(value)?.map((one) => nested(one) ?? null) ?? nested(value)
}

const nested = (value: Json | undefined): Json | undefined => {
  const schema = object(value)
  return schema ? jsonSchema(schema) : value
}

/** Whole numbers that Google writes as texts. */
const counts: ReadonlySet<string> = new Set([
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties"
])
/** Schemas by name. */
const maps: ReadonlySet<string> = new Set(["properties", "$defs", "defs"])
/** Schemas, or lists of them. */
const schemas: ReadonlySet<string> = new Set([
  "items",
  "prefixItems",
  "anyOf",
  "oneOf",
  "allOf",
  "not",
  "additionalProperties"
])

const typeOf = (type: Json | undefined): Json | undefined => {
  const word = string(type)
  if (word === undefined) return type ?? undefined
  return word === "TYPE_UNSPECIFIED" || word === "" ? undefined : word.toLowerCase()
}

const withNull = (type: Json): Json =>
  Array.isArray(type) ? type.includes("null") ? type : [...type, "null"] : [type, "null"]
