/**
 * All that a client of the Responses API says of tools.
 *
 * @module
 */
import type { JsonObject, Parameters } from "../../../domain/Completion.ts"
import * as Fields from "../../Fields.ts"
import { array, boolean } from "../../json.ts"
import * as Toolbox from "../Toolbox.ts"
import { readChoice } from "./toolChoice.ts"
import { type Findings, readTools } from "./tools.ts"

/** The tools of a request. */
export interface Offer {
  readonly parameters: Pick<Parameters, "tools" | "toolChoice" | "parallelToolCalls">
  readonly toolbox: Toolbox.Toolbox
}

/** What `body` says of tools; what is wrong with it, or left out of it, is added to `findings`. */
export const readOffer = (body: JsonObject, findings: Findings): Offer => {
  const { optional } = Fields.make(body, findings.issues)
  const offered = readTools(optional("tools", array, "an array of tools") ?? [], findings)
  const clients = offered.map(({ client }) => client)
  const toolbox = Toolbox.make(clients)
  const parallelToolCalls = optional("parallel_tool_calls", boolean, "true or false")
  const choice = readChoice(body.tool_choice, { clients, toolbox }, findings)
  const { allows = () => true, mode } = choice ?? {}
  const tools = offered.flatMap(({ client, as }) =>
    allows(client) ? [as(toolbox.nameOf(client))] : []
  )
  if (tools.length > 0) {
    return { parameters: { tools, toolChoice: mode, parallelToolCalls }, toolbox }
  }
  // Where there is no tool these say nothing, and some providers refuse them.
  if (mode !== undefined && mode !== "auto" && mode !== "none") {
    findings.issues.push({
      path: ["tool_choice"],
      message: "A tool must be called, and there is none"
    })
  }
  return { parameters: {}, toolbox }
}
