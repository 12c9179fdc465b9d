/**
 * Whether tools are to be called, and which, as clients of the Responses API say it.
 *
 * @module
 */
import type { Json, JsonObject, ToolChoice } from "../../../domain/Completion.ts"
import * as Fields from "../../Fields.ts"
import { array, object, string } from "../../json.ts"
import type { ClientTool, Toolbox } from "../Toolbox.ts"
import { type Findings, hosted, mostTools, own } from "./tools.ts"

/** What a client says of the tools that it offers. */
export interface Choice {
  readonly mode: ToolChoice
  /** Which may be called. Default: all. */
  readonly allows?: ((tool: ClientTool) => boolean) | undefined
}

/** The tools that a client offers, and their names. */
export interface Offer {
  readonly clients: ReadonlyArray<ClientTool>
  readonly toolbox: Toolbox
}

const path = ["tool_choice"]
const readMode = Fields.oneOf("auto", "none", "required")

/** The choice in `value`. */
export const readChoice = (
  value: Json | undefined,
  offer: Offer,
  findings: Findings
): Choice | undefined => {
  if (value === undefined || value === null) return undefined
  const mode = readMode(value)
  if (mode) return { mode }
  const choice = object(value)
  if (choice === undefined) {
    const message = 'Expected "auto", "none", "required" or an object'
    findings.issues.push({ path, message })
    return undefined
  }
  if (choice.type === "allowed_tools") return readAllowed(choice, findings)
  const type = own(choice.type)
  if (type === undefined) {
    hosted(choice, path, findings)
    return undefined
  }
  const { required } = Fields.make(choice, findings.issues, path)
  const name = required("name", string, "the tool's name")
  if (name === undefined) return undefined
  const wanted = { type, name, namespace: string(choice.namespace) }
  // A choice may leave out the group that the tool is in.
  const found = offer.clients.find(isOneOf(wanted)) ?? wanted
  return { mode: { name: offer.toolbox.nameOf(found) } }
}

const readAllowed = (choice: JsonObject, findings: Findings): Choice => {
  const { optional, required } = Fields.make(choice, findings.issues, path)
  const listed = required("tools", readListed, `an array of at most ${mostTools} tools`) ?? []
  const allowed = listed.flatMap((value, at) => {
    const named = object(value)
    const name = string(named?.name) ?? ""
    if (named?.type === "namespace") return [isIn(name)]
    const type = own(named?.type)
    if (type) return [isOneOf({ type, name, namespace: string(named?.namespace) })]
    hosted(value, [...path, "tools", at], findings)
    return []
  })
  const mode = optional("mode", Fields.oneOf("auto", "required"), '"auto" or "required"')
  return { mode: mode ?? "auto", allows: (tool) => allowed.some((allows) => allows(tool)) }
}

const readListed: Fields.Read<ReadonlyArray<Json>> = (value) => {
  const listed = array(value)
  return listed && listed.length <= mostTools ? listed : undefined
}

const isIn = (group: string) => ({ namespace }: ClientTool): boolean => namespace === group

const isOneOf = ({ name, namespace, type }: ClientTool) => (tool: ClientTool): boolean =>
  tool.type === type && tool.name === name &&
  (namespace === undefined || tool.namespace === namespace)
