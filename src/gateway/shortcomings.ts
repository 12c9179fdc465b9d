/**
 * What a request asks for that a model is known not to do.
 *
 * @module
 */
import type { CompletionRequest } from "../domain/Completion.ts"
import type { Issue } from "../domain/GatewayError.ts"
import type { Message } from "../domain/Message.ts"
import {
  lacks,
  type Model,
  onlyEmbeds,
  parameterFields,
  type ParameterName,
  refused
} from "../domain/Model.ts"

/** What of `request` is beyond `model`, each part once; what is not known of it is not held against it. */
export const shortcomings = (
  model: Model,
  { messages, parameters }: Pick<CompletionRequest, "messages" | "parameters">
): ReadonlyArray<Issue> => {
  if (onlyEmbeds(model)) {
    return [{ path: ["model"], message: `Model "${model.id}" makes vectors, and answers nobody` }]
  }
  const issues: Array<Issue> = []
  const refuse = (name: ParameterName, what: string) => {
    const isTold = issues.some(({ path: [part, own] }) => part === "parameters" && own === name)
    if (!isTold) issues.push({ path: ["parameters", name], message: what })
  }
  const { reasoningEffort, responseFormat, tools = [] } = parameters
  if (lacks(model, "vision")) issues.push(...messages.flatMap(images(model)))
  if (lacks(model, "tools")) {
    if (tools.length > 0) refuse("tools", `Model "${model.id}" calls no tools`)
    issues.push(...messages.flatMap(toolTurns(model)))
  }
  if (responseFormat?.type === "json_schema" && lacks(model, "json-schema")) {
    refuse("response_format", `Model "${model.id}" keeps to no JSON schema`)
  }
  if (reasoningEffort !== undefined && reasoningEffort !== "none" && lacks(model, "reasoning")) {
    refuse("reasoning_effort", `Model "${model.id}" does not reason`)
  }
  for (const name of refused(model, parameters)) {
    const always = refused(model, { ...parameters, reasoningEffort: "none" })
    refuse(
      name,
      always.includes(name) || name === "reasoning_effort"
        ? `Model "${model.id}" does not take it`
        : `Model "${model.id}" does not take it while it reasons: "reasoning_effort" can be "none"`
    )
  }
  const last = messages.length - 1
  if (messages[last]?.role === "assistant") {
    if (model.prefill === false) {
      const message = `Model "${model.id}" does not go on with a message of the assistant`
      issues.push({ path: ["messages", last], message })
    }
    for (const name of model.refusedWithPrefill ?? []) {
      const isText = name === "response_format" && responseFormat?.type === "text"
      if (isText || parameters[parameterFields[name]] === undefined) continue
      refuse(name, `Model "${model.id}" does not take it where the last message is the assistant's`)
    }
  }
  return issues
}

const images = ({ id }: Model) => ({ content }: Message, at: number): ReadonlyArray<Issue> =>
  content.flatMap(({ type }, index) =>
    type === "image"
      ? { path: ["messages", at, "content", index], message: `Model "${id}" sees no images` }
      : []
  )

const toolTurns = ({ id }: Model) => (message: Message, at: number): ReadonlyArray<Issue> => {
  if (message.role === "tool") {
    return [{ path: ["messages", at], message: `Model "${id}" takes no results of tools` }]
  }
  return message.role === "assistant" && message.toolCalls.length > 0
    ? [{ path: ["messages", at, "tool_calls"], message: `Model "${id}" calls no tools` }]
    : []
}
