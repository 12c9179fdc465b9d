/**
 * The tools that clients of the Responses API offer.
 *
 * @module
 */
import type { Json, Tool } from "../../../domain/Completion.ts"
import type { Issue } from "../../../domain/GatewayError.ts"
import * as Fields from "../../Fields.ts"
import { array, boolean, object, string } from "../../json.ts"
import { toFunction } from "../customTool.ts"
import type { ClientTool } from "../Toolbox.ts"

/** What a reader of tools finds on its way. */
export interface Findings {
  /** What is wrong. */
  readonly issues: Array<Issue>
  /** The types of tools that OpenAI itself would run: nobody else can. */
  readonly hosted: Array<Issue>
}

/** A tool that is offered. */
export interface Offered {
  readonly client: ClientTool
  /** The function that providers are offered for it, by this name. */
  readonly as: (name: string) => Tool
}

/** The most tools of a request. */
export const mostTools = 512

/** The tools in `listed`, those of groups among the others. */
export const readTools = (
  listed: ReadonlyArray<Json>,
  findings: Findings
): ReadonlyArray<Offered> => {
  const offered = listed.length > mostTools
    ? undefined
    : listed.flatMap((tool, at) => readTool(tool, ["tools", at], findings))
  if (offered && offered.length <= mostTools) return offered
  findings.issues.push({ path: ["tools"], message: `Expected at most ${mostTools} tools` })
  return []
}

const readTool = (value: Json, path: Fields.Path, findings: Findings): ReadonlyArray<Offered> => {
  const group = object(value)
  if (group?.type !== "namespace") return readOwn(value, path, findings)
  const { optional, required } = Fields.make(group, findings.issues, path)
  const namespace = required("name", longName, "a name of 1 to 256 characters")
  const description = optional("description", string, "a text")
  const tools = required("tools", array, "an array of tools") ?? []
  return tools.flatMap((tool, at) =>
    readOwn(tool, [...path, "tools", at], findings, { name: namespace ?? "", description })
  )
}

interface Group {
  readonly name: string
  readonly description: string | undefined
}

/** One that the client itself runs. */
const readOwn = (
  value: Json,
  path: Fields.Path,
  findings: Findings,
  group?: Group
): ReadonlyArray<Offered> => {
  const tool = object(value)
  const type = own(tool?.type)
  if (tool === undefined || type === undefined) {
    hosted(value, path, findings)
    return []
  }
  const { optional, required } = Fields.make(tool, findings.issues, path)
  const name =
    (group
      ? required("name", longName, "a name of 1 to 256 characters")
      : required("name", shortName, "1 to 64 letters, digits, _ or -")) ?? ""
  const client = { type, name, namespace: group?.name }
  const description = optional("description", string, "a text") ?? group?.description
  if (type === "custom") {
    const format = optional("format", object, "an object")
    const grammar = format?.type === "grammar" ? format : undefined
    return [{ client, as: (name) => toFunction(name, { description, grammar }) }]
  }
  const parameters = optional("parameters", object, "a JSON Schema")
  const strict = optional("strict", boolean, "true or false")
  return [{ client, as: (name) => ({ name, description, parameters, strict }) }]
}

const longName = Fields.textUpTo(256)
const shortName: Fields.Read<string> = (value) =>
  typeof value === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(value) ? value : undefined

/** The types of tools that clients run, and any provider can be offered. */
export const own = Fields.oneOf("function", "custom")

/** Notes a tool that OpenAI itself would run. */
export const hosted = (value: Json, path: Fields.Path, findings: Findings): void => {
  if (string(object(value)?.type) !== undefined) {
    findings.hosted.push({ path: [...path, "type"], message: onlyOwn })
  } else findings.issues.push({ path, message: "Expected an object with a type" })
}

const onlyOwn = 'Only tools of type "function", "custom" and "namespace" can be offered: others ' +
  "are run by OpenAI itself"
