/**
 * All that an OpenAI's client says of tools.
 *
 * @module
 */
import type { Json, JsonObject, Tool, ToolChoice } from "../../../domain/Completion.ts"
import * as Fields from "../../Fields.ts"
import * as Toolbox from "../Toolbox.ts"
import type { Findings } from "./Findings.ts"
import { type Choice, expectedToolChoice, readToolChoice } from "./toolChoice.ts"
import { type Offered, readTools } from "./tools.ts"

/** The tools of a request. */
export interface Offer {
  readonly tools: ReadonlyArray<Tool> | undefined
  readonly toolChoice: ToolChoice | undefined
  readonly toolbox: Toolbox.Toolbox
  /**
   * The client's fields about tools, in words that every provider of its dialect knows: nothing where
   * it used no others.
   */
  readonly written: JsonObject
}

/** What `body` says of tools. */
export const readOffer = (body: JsonObject, findings: Findings): Offer => {
  const { optional } = Fields.make(body, findings.issues)
  const listed = readTools(body.tools, findings)
  const choice = optional("tool_choice", readToolChoice, expectedToolChoice)
  const clients = listed?.flatMap(({ own }) => own ? [own.client] : []) ?? []
  const toolbox = Toolbox.make(clients)
  const { allows } = choice ?? {}
  const offered = allows ? listed?.filter(({ written }) => allows(written)) : listed
  if (allows && !offered?.length) {
    const message = "None of the tools that are allowed is offered"
    findings.issues.push({ path: ["tool_choice"], message })
  }
  const functions = offered?.map(({ own }) => own?.as(toolbox.nameOf(own.client)))
  const mode = choice && modeOf(choice, toolbox)
  const isPlain = !allows && clients.every(({ type }) => type === "function")
  return {
    tools: functions?.filter((one) => one !== undefined),
    toolChoice: mode,
    toolbox,
    written: isPlain ? {} : {
      tools: offered?.map((tool, at) => inOldWords(tool, functions?.[at])),
      tool_choice: typeof mode === "object" ? { type: "function", function: { ...mode } } : mode
    }
  }
}

const modeOf = ({ mode }: Choice, { nameOf }: Toolbox.Toolbox): ToolChoice =>
  typeof mode === "string" ? mode : { name: nameOf(mode) }

const inOldWords = ({ own, written }: Offered, one: Tool | undefined): Json =>
  own?.client.type === "custom" && one ? { type: "function", function: { ...one } } : written
