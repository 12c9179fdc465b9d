/**
 * Whether tools are to be called, and which, as OpenAI's clients say it.
 *
 * @module
 */
import type { Json, JsonObject } from "../../../domain/Completion.ts"
import * as Fields from "../../Fields.ts"
import { array, object, string } from "../../json.ts"
import type { ClientTool } from "../Toolbox.ts"

/** Whether tools may, must or must not be called. */
export interface Choice {
  readonly mode: "auto" | "none" | "required" | ClientTool
  /** Which may be called. Default: all. */
  readonly allows?: ((tool: Json) => boolean) | undefined
}

/** The choice in a value. */
export const readToolChoice: Fields.Read<Choice> = (value) => {
  const mode = modes(value)
  if (mode) return { mode }
  const choice = object(value)
  if (choice?.type === "allowed_tools") return readAllowed(object(choice.allowed_tools))
  const tool = choice && named(choice)
  return tool && { mode: tool }
}

/** What can be said of it. */
export const expectedToolChoice =
  `"none", "auto", "required", a function or a custom tool to be called, or allowed_tools`

const modes = Fields.oneOf("auto", "none", "required")

const readAllowed = (choice: JsonObject | undefined): Choice | undefined => {
  const tools = array(choice?.tools)
  const mode = Fields.oneOf("auto", "required")(choice?.mode ?? "auto")
  if (tools === undefined || mode === undefined) return undefined
  const allowed = new Set(tools.map(keyOf))
  return { mode, allows: (tool) => allowed.has(keyOf(tool)) }
}

/** The tool that is meant: those that the provider itself runs have no names. */
const keyOf = (value: Json): string => {
  const tool = object(value) ?? {}
  return JSON.stringify([tool.type, named(tool)?.name])
}

const named = (tool: JsonObject): ClientTool | undefined => {
  const type = Fields.oneOf("function", "custom")(tool.type)
  const name = type && string(object(tool[type])?.name)
  return type && name ? { type, name } : undefined
}
