/**
 * The tools that a model may call, as OpenAI's clients write them.
 *
 * @module
 */
import type { Json, Tool } from "../../../domain/Completion.ts"
import * as Fields from "../../Fields.ts"
import { array, boolean, object, string } from "../../json.ts"
import { toFunction } from "../customTool.ts"
import type { ClientTool } from "../Toolbox.ts"
import { type Findings, openaiOnly, quoted } from "./Findings.ts"

/** The most tools of a request. */
const mostTools = 512

/** A tool that is offered. */
export interface Offered {
  /** As its client wrote it. */
  readonly written: Json
  /** Absent for a tool that the provider itself runs. */
  readonly own?: OwnTool | undefined
}

/** One that the client itself runs. */
export interface OwnTool {
  readonly client: ClientTool
  /** The function that providers are offered for it, by this name. */
  readonly as: (name: string) => Tool
}

/** The tools in `value`; absent where there are none. */
export const readTools = (
  value: Json | undefined,
  findings: Findings
): ReadonlyArray<Offered> | undefined => {
  if (value === undefined || value === null) return undefined
  const items = array(value)
  if (items === undefined || items.length > mostTools) {
    const message = `Expected an array of at most ${mostTools} tools`
    findings.issues.push({ path: ["tools"], message })
    return undefined
  }
  return items.map((item, at) => ({
    written: item,
    own: readTool(item, ["tools", at], findings)
  }))
}

const readTool = (value: Json, path: Fields.Path, findings: Findings): OwnTool | undefined => {
  const { issues } = findings
  const fields = Fields.make(object(value) ?? {}, issues, path)
  const type = fields.required("type", Fields.textUpTo(256), `"function" or "custom"`)
  if (type === undefined) return undefined
  if (type !== "function" && type !== "custom") {
    openaiOnly(findings, path, `A tool of type ${quoted(type)}`)
    return undefined
  }
  const described = fields.required(type, object, `a ${type} tool`)
  if (described === undefined) return undefined
  const { optional, required } = Fields.make(described, issues, [...path, type])
  const name = required("name", Fields.textUpTo(256), "a name of 1 to 256 characters")
  const description = optional("description", string, "a text")
  if (type === "custom") {
    const format = optional("format", object, "an object")
    const grammar = format?.type === "grammar" ? object(format.grammar) : undefined
    return name === undefined
      ? undefined
      : { client: { type, name }, as: (name) => toFunction(name, { description, grammar }) }
  }
  const tool = {
    description,
    parameters: optional("parameters", object, "a JSON Schema"),
    strict: optional("strict", boolean, "true or false")
  }
  return name === undefined
    ? undefined
    : { client: { type, name }, as: (name) => ({ name, ...tool }) }
}
