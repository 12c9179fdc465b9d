/**
 * The tools that a model may call, as OpenAI's clients write them.
 *
 * @module
 */
import type { Json, ResponseFormat, Tool, ToolChoice } from "../../../domain/Completion.ts"
import type { Issue } from "../../../domain/GatewayError.ts"
import * as Fields from "../../Fields.ts"
import { array, boolean, object, string } from "../../json.ts"

/** The most tools of a request. */
const mostTools = 512

/** The tools in `value`; absent where there are none. */
export const readTools = (
  value: Json | undefined,
  issues: Array<Issue>
): ReadonlyArray<Tool> | undefined => {
  if (value === undefined || value === null) return undefined
  const items = array(value)
  if (items === undefined || items.length > mostTools) {
    issues.push({ path: ["tools"], message: `Expected an array of at most ${mostTools} tools` })
    return undefined
  }
  return items.flatMap((item, at) => readTool(item, ["tools", at], issues))
}

const readTool = (value: Json, path: Fields.Path, issues: Array<Issue>): ReadonlyArray<Tool> => {
  const fields = Fields.make(object(value) ?? {}, issues, path)
  const type = fields.required(
    "type",
    Fields.oneOf("function"),
    `"function": no other tool can be passed on`
  )
  const described = type && fields.required("function", object, "a function")
  if (described === undefined) return []
  const within = Fields.make(described, issues, [...path, "function"])
  const name = within.required("name", Fields.textUpTo(256), "a name of 1 to 256 characters")
  const tool = {
    description: within.optional("description", string, "a text"),
    parameters: within.optional("parameters", object, "a JSON Schema"),
    strict: within.optional("strict", boolean, "true or false")
  }
  return name === undefined ? [] : [{ name, ...tool }]
}

/** Whether tools may, must or must not be called. */
export const readToolChoice: Fields.Read<ToolChoice> = (value) => {
  const word = choices(value)
  if (word) return word
  const choice = object(value)
  const name = string(object(choice?.function)?.name)
  return choice?.type === "function" && name ? { name } : undefined
}

/** What can be said of it. */
export const expectedToolChoice =
  `"none", "auto", "required" or a function to be called: nothing else can be passed on`

const choices = Fields.oneOf("auto", "none", "required")

/** What the answer must look like. */
export const readResponseFormat = (
  value: Json | undefined,
  issues: Array<Issue>
): ResponseFormat | undefined => {
  if (value === undefined || value === null) return undefined
  const path = ["response_format"]
  const fields = Fields.make(object(value) ?? {}, issues, path)
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
