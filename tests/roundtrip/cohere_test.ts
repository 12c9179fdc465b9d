import type { CompletionRequest, Parameters, Tool } from "../../src/domain/Completion.ts"
import type { Message, Part, ToolCall } from "../../src/domain/Message.ts"
import { cohere as dialect } from "../../src/protocol/cohere/mod.ts"
import {
  callsSignedBy,
  inAssistants,
  inEach,
  inParameters,
  type Limit,
  noEmptyLists,
  noMetadata,
  noNames,
  refused,
  signerOf,
  texts
} from "./limits.ts"
import { property } from "./property.ts"
import { requests } from "./requests.ts"
import { assertCarried } from "./Spoken.ts"

// deno-lint-ignore no-explicit-any -- read as Cohere's manual has it; what is otherwise fails
type Body = any

/** Reads a body as Cohere's manual has it. */
const read = (text: string): CompletionRequest => {
  const body: Body = JSON.parse(text)
  return {
    model: "m",
    messages: body.messages.map(message),
    parameters: readParameters(body),
    dropUnsupported: false
  }
}

const message = ({ role, content, tool_calls, tool_plan, tool_call_id }: Body): Message => {
  switch (role) {
    case "tool":
      return { role, toolCallId: tool_call_id, content: parts(content) }
    case "assistant":
      return {
        role,
        content: parts(content),
        reasoning: tool_plan ? [{ type: "text", text: tool_plan }] : [],
        toolCalls: (tool_calls ?? []).map(({ id, function: { name, arguments: text } }: Body) =>
          ({ id, name, arguments: text }) satisfies ToolCall
        )
      }
    default:
      return { role, content: parts(content) }
  }
}

const parts = (content: Body): ReadonlyArray<Part> => {
  if (!Array.isArray(content)) return content ? [{ type: "text", text: content }] : []
  return content.map(({ text, image_url: image }): Part =>
    image === undefined
      ? { type: "text", text }
      : { type: "image", url: image.url, detail: image.detail }
  )
}

const readParameters = (body: Body): Parameters => {
  const { type, token_budget: budget } = body.thinking ?? {}
  const efforts = new Map([[512, "minimal"], [1024, "low"], [4096, "medium"]] as const)
  const format = body.response_format
  return {
    temperature: body.temperature,
    topP: body.p,
    topK: body.k,
    seed: body.seed,
    frequencyPenalty: body.frequency_penalty,
    presencePenalty: body.presence_penalty,
    maxTokens: body.max_tokens,
    stop: body.stop_sequences,
    responseFormat: format?.json_schema
      ? { type: "json_schema", name: "", schema: format.json_schema }
      : format,
    tools: body.tools?.map(({ function: tool }: Body): Tool => ({
      ...tool,
      strict: body.strict_tools
    })),
    toolChoice: body.tool_choice?.toLowerCase(),
    reasoningEffort: type === undefined
      ? undefined
      : type === "disabled"
      ? "none"
      : budget === undefined
      ? "high"
      : efforts.get(budget)
  }
}

const limits: ReadonlyArray<Limit> = [
  // Only a user can show an image.
  refused(dialect),
  noNames,
  inEach("what is said without images is one text", (message) => {
    if (message.content.some(({ type }) => type === "image")) return message
    const text = texts(message.content).join("")
    return { ...message, content: text === "" ? [] : [{ type: "text", text }] }
  }),
  inEach(
    "there is no word for a tool that failed: its text tells",
    (message) => message.role === "tool" ? { ...message, isError: undefined } : message
  ),
  inAssistants("reasoning is a plan of the tools to call, and nobody else's", (message) => {
    const text = message.reasoning.map((block) =>
      block.type === "text" && (signerOf(block) ?? "cohere") === "cohere" ? block.text : ""
    ).join("")
    const isPlan = message.toolCalls.length > 0 && text !== ""
    return { ...message, reasoning: isPlan ? [{ type: "text", text }] : [] }
  }),
  callsSignedBy(undefined),
  noMetadata,
  noEmptyLists,
  inParameters("there are no words for these, or what is done anyway is not said", (
    { responseFormat }
  ) => ({
    user: undefined,
    n: undefined,
    parallelToolCalls: undefined,
    responseFormat: responseFormat?.type === "text" ? undefined : responseFormat
  })),
  inParameters("nearly all, and nearly nothing, is as far as top_p goes", ({ topP }) => ({
    topP: topP === undefined ? undefined : Math.min(Math.max(topP, 0.01), 0.99)
  })),
  inParameters("a form of the answer is but a schema", ({ responseFormat: format }) => ({
    responseFormat: format?.type === "json_schema"
      ? { type: "json_schema", name: "", schema: format.schema }
      : format
  })),
  inParameters("a tool that must be called is the only one, and one that is strict makes all so", (
    { tools, toolChoice: choice }
  ) => {
    const offered = typeof choice === "object"
      ? tools?.filter(({ name }) => name === choice.name)
      : tools
    const strict = offered?.some((tool) => tool.strict) || undefined
    return {
      tools: offered?.map((tool) => ({
        ...tool,
        strict,
        parameters: tool.parameters ?? { type: "object", properties: {} }
      })),
      toolChoice: !tools || choice === "auto"
        ? undefined
        : typeof choice === "object"
        ? "required"
        : choice
    }
  }),
  inParameters("effort is a budget, of which none is higher than high", (
    { reasoningEffort: effort }
  ) => ({ reasoningEffort: effort === "xhigh" ? "high" : effort }))
]

property(
  "whatever is asked reaches Cohere as it was, but for what its dialect cannot carry",
  requests,
  (request) =>
    assertCarried({
      name: "cohere",
      write: (one) => JSON.stringify(dialect.encode(one, { model: "m", stream: false }).body),
      read,
      limits
    }, request)
)
