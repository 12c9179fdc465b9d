/**
 * What a client asks for, in Cohere's words.
 *
 * @module
 */
import type {
  CompletionRequest,
  JsonObject,
  Parameters,
  ReasoningEffort,
  Tool
} from "../../domain/Completion.ts"
import type { Call, Target } from "../Dialect.ts"
import { encodeMessage } from "./messages.ts"
import { limits } from "./unsupported.ts"

/** The call that asks `target` for `request`; what is unsupported is left out. */
export const encode = (
  { messages, parameters }: CompletionRequest,
  { model, stream }: Target
): Call => ({
  path: "/v2/chat",
  body: {
    model,
    messages: messages.map(encodeMessage),
    ...sampling(parameters),
    max_tokens: parameters.maxTokens,
    stop_sequences: stops(parameters),
    response_format: parameters.tools?.length ? undefined : responseFormat(parameters),
    ...tools(parameters),
    thinking: parameters.reasoningEffort && thinking(parameters.reasoningEffort),
    stream
  }
})

const sampling = (parameters: Parameters): JsonObject => {
  const { temperature, topP, topK, seed, frequencyPenalty, presencePenalty } = parameters
  return {
    temperature: within(temperature, limits.temperature),
    // All of it is more than Cohere lets be asked for: so nearly all of it.
    p: topP === undefined ? undefined : Math.min(Math.max(topP, 0.01), 0.99),
    k: within(topK, limits.topK),
    seed: seed === undefined || seed < 0 ? undefined : seed,
    frequency_penalty: within(frequencyPenalty, limits.penalty),
    presence_penalty: within(presencePenalty, limits.penalty)
  }
}

const within = (value: number | undefined, most: number): number | undefined =>
  value === undefined || value < 0 || value > most ? undefined : value

const stops = ({ stop }: Parameters): ReadonlyArray<string> | undefined =>
  stop === undefined || stop.length === 0 || stop.length > limits.stops ? undefined : stop

const responseFormat = ({ responseFormat: format }: Parameters): JsonObject | undefined => {
  switch (format?.type) {
    case "json_object":
      return { type: "json_object" }
    case "json_schema":
      return { type: "json_object", json_schema: format.schema }
    default:
      return undefined
  }
}

const tools = ({ toolChoice, tools }: Parameters): JsonObject => {
  if (!tools?.length) return {}
  // One tool cannot be asked for by its name: it is the only one to choose from.
  const offered = typeof toolChoice === "object"
    ? tools.filter(({ name }) => name === toolChoice.name)
    : tools
  return {
    tools: offered.map(encodeTool),
    strict_tools: offered.some(({ strict }) => strict) || undefined,
    tool_choice: toolChoice === undefined || toolChoice === "auto"
      ? undefined
      : toolChoice === "none"
      ? "NONE"
      : "REQUIRED"
  }
}

const encodeTool = ({ name, description, parameters }: Tool): JsonObject => ({
  type: "function",
  function: {
    name,
    description,
    // It has to be there, also of a tool that takes nothing.
    parameters: parameters ?? { type: "object", properties: {} }
  }
})

const thinking = (effort: ReasoningEffort): JsonObject =>
  effort === "none" ? { type: "disabled" } : { type: "enabled", token_budget: budgets[effort] }

/** For how many tokens it may think; no budget is as long as it likes. */
const budgets: Readonly<Record<Exclude<ReasoningEffort, "none">, number | undefined>> = {
  minimal: 512,
  low: 1024,
  medium: 4096,
  high: undefined,
  xhigh: undefined
}
