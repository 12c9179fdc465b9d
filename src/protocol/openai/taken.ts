/**
 * What of a request a provider of this dialect takes, by its quirks.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../domain/Completion.ts"
import type { Message } from "../../domain/Message.ts"
import { parameterFields, type ParameterName } from "../../domain/Model.ts"
import type { Unsupported } from "../Dialect.ts"
import type { OpenAiQuirks } from "./quirks.ts"
import { boundedToolCallIds, shortToolCallIds } from "./shortToolCallIds.ts"

/** What of `request` a provider with these quirks does not take, each by its path. */
export const untaken = (
  { messages, parameters }: CompletionRequest,
  quirks: OpenAiQuirks
): ReadonlyArray<Unsupported> => {
  const { jsonFormats, messageNames, mostStops } = quirks
  const issues: Array<Unsupported> = untakenNames(parameters, quirks).map((name) => ({
    path: ["parameters", name],
    message: `The provider does not support ${name}`
  }))
  if (hasOtherFormat(parameters, quirks)) {
    issues.push({
      path: ["parameters", "response_format"],
      message: `The provider has no ${parameters.responseFormat?.type}, but ${
        jsonFormats?.join(", ")
      }`
    })
  }
  if (mostStops !== undefined && (parameters.stop?.length ?? 0) > mostStops) {
    issues.push({
      path: ["parameters", "stop"],
      message: `The provider takes at most ${mostStops} texts that end an answer`
    })
  }
  if (messageNames === false) {
    messages.forEach((message, at) => {
      if (message.role !== "user" || message.name === undefined) return
      issues.push({ path: ["messages", at, "name"], message: "The provider takes no names" })
    })
  }
  return issues
}

/** `request` as a provider with these quirks takes it: the same object where nothing is to be changed. */
export const taken = (request: CompletionRequest, quirks: OpenAiQuirks): CompletionRequest => {
  const parameters = takenParameters(request.parameters, quirks)
  const messages = takenMessages(request.messages, quirks)
  return parameters === request.parameters && messages === request.messages
    ? request
    : { ...request, parameters, messages }
}

const takenParameters = (parameters: Parameters, quirks: OpenAiQuirks): Parameters => {
  const { mostStops, namedToolChoice } = quirks
  const { stop, toolChoice, tools } = parameters
  const changed: { -readonly [key in keyof Parameters]: Parameters[key] } = {}
  for (const name of untakenNames(parameters, quirks)) changed[parameterFields[name]] = undefined
  if (hasOtherFormat(parameters, quirks)) changed.responseFormat = undefined
  if (mostStops !== undefined && stop && stop.length > mostStops) {
    changed.stop = stop.slice(0, mostStops)
  }
  if (namedToolChoice === false && typeof toolChoice === "object") {
    changed.toolChoice = "required"
    changed.tools = tools?.filter(({ name }) => name === toolChoice.name)
  }
  return Object.keys(changed).length === 0 ? parameters : { ...parameters, ...changed }
}

const takenMessages = (
  messages: ReadonlyArray<Message>,
  quirks: OpenAiQuirks
): ReadonlyArray<Message> => {
  const unnamed = quirks.messageNames === false && messages.some(hasName)
    ? messages.map((message) => hasName(message) ? { ...message, name: undefined } : message)
    : messages
  const { longestToolCallId: longest } = quirks
  if (quirks.shortToolCallIds) return shortToolCallIds(unnamed)
  return longest === undefined ? unnamed : boundedToolCallIds(unnamed, longest)
}

const hasName = (message: Message): boolean => message.role === "user" && message.name !== undefined

const none: ReadonlyArray<ParameterName> = []

const untakenNames = (
  parameters: Parameters,
  { topK, unsupported = none }: OpenAiQuirks
): ReadonlyArray<ParameterName> => {
  if (unsupported.length === 0 && (topK || parameters.topK === undefined)) return none
  const names = topK ? unsupported : [...unsupported, "top_k" as const]
  return names.filter((name) => asks(parameters, name))
}

/** Whether `parameters` ask for more than what they would get unasked. */
const asks = (parameters: Parameters, name: ParameterName): boolean => {
  switch (name) {
    case "n":
      return (parameters.n ?? 1) > 1
    case "tool_choice":
      return (parameters.toolChoice ?? "auto") !== "auto"
    case "parallel_tool_calls":
      return parameters.parallelToolCalls === false
    case "response_format":
      return (parameters.responseFormat?.type ?? "text") !== "text"
    case "tools":
    case "stop":
      return (parameters[name]?.length ?? 0) > 0
    default:
      return parameters[parameterFields[name]] !== undefined
  }
}

const hasOtherFormat = (
  { responseFormat }: Parameters,
  { jsonFormats }: OpenAiQuirks
): boolean => {
  const type = responseFormat?.type ?? "text"
  return jsonFormats !== undefined && type !== "text" && !jsonFormats.includes(type)
}
