/**
 * What a client asks for, in Gemini's words.
 *
 * @module
 */
import type { CompletionRequest, JsonObject, Parameters, Tool } from "../../domain/Completion.ts"
import type { Call, Target } from "../Dialect.ts"
import { contents, systemInstruction } from "./contents.ts"
import { generationConfig } from "./generationConfig.ts"
import { modelPath } from "./modelPath.ts"
import { originalOf, ownContents, ownFields, withOwnTools } from "./original.ts"

/**
 * The call that asks for `request`. What its client said in Gemini's own words within the fields that
 * are read here stays, where the gateway changed nothing of it.
 */
export const encode = (request: CompletionRequest, target: Target): Call => {
  const { messages, parameters } = request
  const original = originalOf(request)
  const turns = (messages: CompletionRequest["messages"]) => contents(messages, target.model)
  return {
    path: path(target),
    body: {
      contents: ownContents(original, messages, turns) ?? turns(messages),
      systemInstruction: systemInstruction(messages),
      tools: withOwnTools(original, tools(parameters.tools)),
      toolConfig: ownFields(original, "toolConfig", parameters, toolConfig),
      generationConfig: ownFields(
        original,
        "generationConfig",
        parameters,
        (parameters) => generationConfig(parameters, target.model)
      )
    }
  }
}

const path = ({ model, stream }: Target): Call["path"] =>
  stream
    ? `${modelPath(model)}:streamGenerateContent?alt=sse`
    : `${modelPath(model)}:generateContent`

const tools = (offered: ReadonlyArray<Tool> | undefined): ReadonlyArray<JsonObject> | undefined =>
  offered === undefined || offered.length === 0 ? undefined : [{
    functionDeclarations: offered.map(({ name, description, parameters }) => ({
      name,
      description,
      parametersJsonSchema: parameters
    }))
  }]

const toolConfig = (
  { toolChoice: choice, tools: offered }: Parameters
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
