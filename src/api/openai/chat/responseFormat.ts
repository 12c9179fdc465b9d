/**
 * What an answer must look like, as OpenAI's clients say it.
 *
 * @module
 */
import type { Json, ResponseFormat } from "../../../domain/Completion.ts"
import type { Issue } from "../../../domain/GatewayError.ts"
import * as Fields from "../../Fields.ts"
import { boolean, object, string } from "../../json.ts"

/** What the answer must look like. */
export const readResponseFormat = (
  value: Json | undefined,
  issues: Array<Issue>
): ResponseFormat | undefined => {
  if (value === undefined || value === null) return undefined
  const path = ["response_format"]
  const wanted = object(value)
  if (wanted === undefined) {
    issues.push({ path, message: "Expected an object" })
    return undefined
  }
  const fields = Fields.make(wanted, issues, path)
  const type = fields.required("type", formats, `"text", "json_object" or "json_schema"`)
  if (type !== "json_schema") return type && { type }
  const described = fields.required("json_schema", object, "a name and a schema")
  if (described === undefined) return undefined
  const within = Fields.make(described, issues, [...path, "json_schema"])
  const name = within.required("name", Fields.textUpTo(256), "a name of 1 to 256 characters")
  const format = {
    description: within.optional("description", string, "a text"),
    schema: within.optional("schema", object, "a JSON Schema") ?? {},
    strict: within.optional("strict", boolean, "true or false")
  }
  return name === undefined ? undefined : { type, name, ...format }
}

const formats = Fields.oneOf("text", "json_object", "json_schema")
