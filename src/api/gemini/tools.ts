/**
 * Functions that Gemini's clients offer.
 *
 * @module
 */
import type { Json, JsonObject, Tool, ToolChoice } from "../../domain/Completion.ts"
import type { Path } from "../Fields.ts"
import { array, object, string } from "../json.ts"
import { camelObject } from "./camel.ts"
import { noteOnly, type Notes, objectAt } from "./Notes.ts"
import { jsonSchema } from "./schema.ts"

/** The functions in all tools, and how they may be called. */
export interface Offer {
  readonly tools?: ReadonlyArray<Tool> | undefined
  readonly toolChoice?: ToolChoice | undefined
}

/** What a client offers by its `tools` and `toolConfig`. Tools of Google's own are noted. */
export const readOffer = (
  tools: Json | undefined,
  toolConfig: Json | undefined,
  notes: Notes
): Offer => {
  const offered: Array<Tool> = []
  const groups = array(tools) ?? (tools === undefined || tools === null ? [] : [tools])
  groups.forEach((value, index) => {
    const path = ["tools", index]
    for (const [key, tool] of Object.entries(objectAt(value, path, notes) ?? {})) {
      if (tool === null) continue
      if (key === "functionDeclarations") readDeclarations(tool, [...path, key], offered, notes)
      else noteOnly(notes, [...path, key], "this tool of Google's own")
    }
  })
  const config = objectAt(toolConfig, ["toolConfig"], notes)?.functionCallingConfig
  return choose(offered, objectAt(config, ["toolConfig", "functionCallingConfig"], notes), notes)
}

const readDeclarations = (
  value: Json | undefined,
  path: Path,
  offered: Array<Tool>,
  { issues }: Notes
): void =>
  (array(value) ?? [value]).forEach((one, index) => {
    const declared = camelObject(one)
    const name = string(declared?.name)
    if (declared === undefined || !name) {
      issues.push({ path: [...path, index, "name"], message: "Expected the name of a function" })
      return
    }
    const openapi = object(declared.parameters)
    const parameters = object(declared.parametersJsonSchema) ?? (openapi && jsonSchema(openapi))
    offered.push({
      name,
      description: string(declared.description),
      ...(parameters ? { parameters } : {})
    })
  })

const choose = (
  all: ReadonlyArray<Tool>,
  config: JsonObject | undefined,
  { issues }: Notes
): Offer => {
  const path = ["toolConfig", "functionCallingConfig"]
  const { mode: said = "" } = config ?? {}
  const mode = said === null ? "" : string(said)?.toUpperCase()
  const names = new Set(array(config?.allowedFunctionNames)?.flatMap((name) => string(name) ?? []))
  const isNarrowed = names.size > 0 && (mode === "ANY" || mode === "VALIDATED")
  const offered = isNarrowed ? all.filter(({ name }) => names.has(name)) : all
  if (isNarrowed && offered.length === 0) {
    issues.push({
      path: [...path, "allowedFunctionNames"],
      message: "Expected names of functions that are declared"
    })
  }
  const tools = offered.length === 0 ? {} : { tools: offered }
  const [first, second] = offered
  switch (mode) {
    case "":
    case "MODE_UNSPECIFIED":
      return tools
    case "AUTO":
    // Calls that keep to their schema are asked for where a tool says `strict`, which is not here.
    case "VALIDATED":
      return { ...tools, toolChoice: "auto" }
    case "NONE":
      return { ...tools, toolChoice: "none" }
    case "ANY":
      return {
        ...tools,
        toolChoice: isNarrowed && first && !second ? { name: first.name } : "required"
      }
    default:
      issues.push({ path: [...path, "mode"], message: "Expected AUTO, ANY, NONE or VALIDATED" })
      return tools
  }
}
