/**
 * Custom tools, which take a text: every provider is offered them as functions with that text as the
 * only argument.
 *
 * @module
 */
import type { JsonObject, Tool } from "../../domain/Completion.ts"
import { string } from "../json.ts"
import * as CustomInput from "./CustomInput.ts"

/** What a client says of a custom tool. */
export interface CustomTool {
  readonly description?: string | undefined
  /** The syntax and the definition of the grammar of its input, where it has one. */
  readonly grammar?: JsonObject | undefined
}

/** The function called `name` as which a custom tool is offered. */
export const toFunction = (name: string, { description, grammar }: CustomTool): Tool => {
  const told = grammar &&
    `The input must match this ${string(grammar.syntax) ?? ""} grammar:\n\n${
      string(grammar.definition) ?? ""
    }`
  return {
    name,
    description: [description, told].filter((each) => each).join("\n\n") || undefined,
    parameters: {
      type: "object",
      properties: {
        input: {
          type: "string",
          description: "The whole input of the tool, as it is: a text, and no JSON"
        }
      },
      required: ["input"],
      additionalProperties: false
    }
  }
}

/** The arguments of a call of that function. */
export const toArguments = (input: string): string => JSON.stringify({ input })

/** The input in the arguments of a call; `isCut` where they may not be whole. */
export const toInput = (text: string, isCut: boolean): string => {
  const input = CustomInput.make()
  return input.add(text) + (isCut ? "" : input.end())
}
