/**
 * Tools, and whether they are to be called, as clients of the Responses API say it.
 *
 * @module
 */
import type { Json, JsonObject, Parameters, Tool, ToolChoice } from "../../../domain/Completion.ts"
import type { Issue } from "../../../domain/GatewayError.ts"
import * as Fields from "../../Fields.ts"
import { array, boolean, object, string } from "../../json.ts"

/** The parameters that are about tools. */
export type ToolParameters = Pick<Parameters, "tools" | "toolChoice" | "parallelToolCalls">

/** The most tools of a request. */
const mostTools = 512

/** What a request says of tools. Those that OpenAI itself runs are refused: nobody else can. */
export const readTools = (body: JsonObject, issues: Array<Issue>): ToolParameters => {
  const { optional } = Fields.make(body, issues)
  const listed = optional("tools", array, "an array of tools") ?? []
  if (listed.length > mostTools) {
    issues.push({ path: ["tools"], message: `Expected at most ${mostTools} tools` })
  }
  const tools = listed.flatMap((tool, at) => readTool(tool, ["tools", at], issues) ?? [])
  const parallelToolCalls = optional("parallel_tool_calls", boolean, "true or false")
  const choice = readChoice(body.tool_choice, issues)
  if (listed.length === 0) {
    // Where there is no tool these say nothing, and some providers refuse them.
    if (choice !== undefined && choice.mode !== "auto" && choice.mode !== "none") {
      issues.push({ path: ["tool_choice"], message: "A tool must be called, and there is none" })
    }
    return {}
  }
  const { allowed } = choice ?? {}
  return {
    tools: allowed ? tools.filter(({ name }) => allowed.has(name)) : tools,
    toolChoice: choice?.mode,
    parallelToolCalls
  }
}

const readTool = (
  value: Json,
  path: Fields.Path,
  issues: Array<Issue>
): Tool | undefined => {
  const tool = readFunction(value, path, issues)
  if (tool === undefined) return undefined
  const { optional, required } = Fields.make(tool, issues, path)
  return {
    name: required("name", toolName, "1 to 64 letters, digits, _ or -") ?? "",
    description: optional("description", string, "a text"),
    parameters: optional("parameters", object, "a JSON Schema"),
    strict: optional("strict", boolean, "true or false")
  }
}

const toolName: Fields.Read<string> = (value) =>
  typeof value === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(value) ? value : undefined

/** `value`, if it is of type `function`: only those can be offered by any provider. */
const readFunction = (
  value: Json,
  path: Fields.Path,
  issues: Array<Issue>
): JsonObject | undefined => {
  const one = object(value)
  if (one?.type === "function") return one
  const type = string(one?.type)
  if (one === undefined || type === undefined) {
    issues.push({ path, message: "Expected an object with a type" })
  } else {
    const message = 'Only tools of type "function" can be offered: others are run by OpenAI itself'
    issues.push({ path: [...path, "type"], message })
  }
  return undefined
}

interface Choice {
  readonly mode: ToolChoice
  /** The names of those that may be called. Default: all. */
  readonly allowed?: ReadonlySet<string>
}

const readMode = Fields.oneOf("auto", "none", "required")

const readChoice = (value: Json | undefined, issues: Array<Issue>): Choice | undefined => {
  if (value === undefined || value === null) return undefined
  const mode = readMode(value)
  if (mode) return { mode }
  const path = ["tool_choice"]
  const choice = object(value)
  if (choice === undefined) {
    const message = 'Expected "auto", "none", "required" or an object'
    issues.push({ path, message })
    return undefined
  }
  const { optional, required } = Fields.make(choice, issues, path)
  if (choice.type === "allowed_tools") {
    const tools = required("tools", array, "an array of tools") ?? []
    const names = tools.flatMap((tool, at) =>
      string(readFunction(tool, [...path, "tools", at], issues)?.name) ?? []
    )
    const mode = optional("mode", Fields.oneOf("auto", "required"), '"auto" or "required"')
    return { mode: mode ?? "auto", allowed: new Set(names) }
  }
  if (readFunction(choice, path, issues) === undefined) return undefined
  const name = required("name", string, "the function's name")
  return name === undefined ? undefined : { mode: { name } }
}
