/**
 * What a client asks for, in Gemini's words.
 *
 * @module
 */
import type { CompletionRequest, JsonObject, Tool, ToolChoice } from "../../domain/Completion.ts"
import type { Call, Target } from "../Dialect.ts"
import { contents, systemInstruction } from "./contents.ts"
import { generationConfig } from "./generationConfig.ts"
import { version } from "./version.ts"

/** The call that asks for `request`. */
export const encode = ({ messages, parameters }: CompletionRequest, target: Target): Call => ({
  path: path(target),
  body: {
    contents: contents(messages, target.model),
    systemInstruction: systemInstruction(messages),
    tools: tools(parameters.tools),
    toolConfig: toolConfig(parameters.toolChoice, parameters.tools),
    generationConfig: generationConfig(parameters, target.model)
  }
})

/** A model's id may say where it is kept; nothing in it leads out of there. */
const path = ({ model, stream }: Target): Call["path"] => {
  const [, place = "models", id = model] = /^(models|tunedModels)\/(.*)$/s.exec(model) ?? []
  // Half a character would make encodeURIComponent throw.
  const name = `/${version}/${place}/${encodeURIComponent(id.toWellFormed())}` as const
  return stream ? `${name}:streamGenerateContent?alt=sse` : `${name}:generateContent`
}

const tools = (offered: ReadonlyArray<Tool> | undefined): ReadonlyArray<JsonObject> | undefined =>
  offered === undefined || offered.length === 0 ? undefined : [{
    functionDeclarations: offered.map(({ name, description, parameters }) => ({
      name,
      description,
      parametersJsonSchema: parameters
    }))
  }]

const toolConfig = (
  choice: ToolChoice | undefined,
  offered: ReadonlyArray<Tool> | undefined
): JsonObject | undefined => {
  if (choice === undefined) return undefined
  // Gemini refuses a choice where there is nothing to choose from, even one that asks for nothing.
  if (!offered?.length && (choice === "auto" || choice === "none")) return undefined
  return {
    functionCallingConfig: typeof choice === "object"
      ? { mode: "ANY", allowedFunctionNames: [choice.name] }
      : { mode: modes[choice] }
  }
}

const modes = { auto: "AUTO", none: "NONE", required: "ANY" } as const
