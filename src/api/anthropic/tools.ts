/**
 * Tools, as Anthropic's clients offer them.
 *
 * @module
 */
import type { Json, JsonObject, Parameters, Tool } from "../../domain/Completion.ts"
import type { Path } from "../Fields.ts"
import { array, boolean, object, string } from "../json.ts"
import { anthropicOnly, type Findings, wrong } from "./Findings.ts"

/** The tools that the client itself runs. */
export const readTools = (
  { tools }: JsonObject,
  findings: Findings
): ReadonlyArray<Tool> | undefined => {
  if (tools === undefined || tools === null) return undefined
  const offered = array(tools)
  if (offered === undefined) {
    wrong(findings, ["tools"], "Expected an array of tools")
    return undefined
  }
  const read = offered.flatMap((tool, at) => readTool(tool, ["tools", at], findings))
  return read.length === 0 ? undefined : read
}

const readTool = (value: Json, path: Path, findings: Findings): ReadonlyArray<Tool> => {
  const tool = object(value)
  const type = string(tool?.type)
  if (type !== undefined && type !== "custom") {
    anthropicOnly(findings, path, "A tool", type)
    return []
  }
  const name = string(tool?.name)
  const parameters = object(tool?.input_schema)
  if (!name) wrong(findings, [...path, "name"], "Expected the name of a tool")
  if (!parameters) wrong(findings, [...path, "input_schema"], "Expected a JSON Schema")
  return name
    ? [{
      name,
      description: string(tool?.description),
      parameters,
      strict: boolean(tool?.strict)
    }]
    : []
}

/** Whether tools may, must or must not be called, and how many at once. */
export const readToolChoice = (
  { tool_choice: value }: JsonObject,
  findings: Findings
): Pick<Parameters, "toolChoice" | "parallelToolCalls"> => {
  if (value === undefined || value === null) return {}
  const choice = object(value)
  const parallel = boolean(choice?.disable_parallel_tool_use) ? { parallelToolCalls: false } : {}
  switch (choice?.type) {
    case "auto":
      return { toolChoice: "auto", ...parallel }
    case "any":
      return { toolChoice: "required", ...parallel }
    case "none":
      return { toolChoice: "none" }
    case "tool": {
      const name = string(choice.name)
      if (name) return { toolChoice: { name }, ...parallel }
      wrong(findings, ["tool_choice", "name"], "Expected the name of a tool")
      return {}
    }
    default:
      wrong(findings, ["tool_choice", "type"], 'Expected "auto", "any", "tool" or "none"')
      return {}
  }
}
