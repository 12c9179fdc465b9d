/**
 * From a request to a call of `POST /v1/messages`.
 *
 * @module
 */
import type {
  CompletionRequest,
  Json,
  JsonObject,
  Parameters,
  Tool
} from "../../domain/Completion.ts"
import type { Call, Target } from "../Dialect.ts"
import { isBlank } from "../blank.ts"
import { system, turns } from "./conversation.ts"
import { maxTemperature } from "./unsupported.ts"

/** Anthropic wants a budget in each request; this one is used where nobody knows a better one. */
const defaultMaxTokens = 4096

/**
 * The call that asks for `request`; what is unsupported is left out. It is in the words of version
 * 2023-06-01 of the API, which the header `anthropic-version` must name: 2026-10-21 refuses
 * `temperature` and `top_p`, as do models from Claude 4.7 on in either version.
 */
export const encode = ({ messages, parameters }: CompletionRequest, target: Target): Call => ({
  path: "/v1/messages",
  body: {
    model: target.model,
    max_tokens: parameters.maxTokens ?? target.maxOutputTokens ?? defaultMaxTokens,
    system: system(messages),
    messages: turns(messages),
    temperature: temperature(parameters),
    top_p: parameters.topP,
    top_k: parameters.topK,
    stop_sequences: unlessEmpty(parameters.stop?.filter((stop) => !isBlank(stop))),
    tools: unlessEmpty(parameters.tools?.map(tool)),
    tool_choice: toolChoice(parameters),
    ...thinking(parameters),
    metadata: parameters.user === undefined ? undefined : { user_id: parameters.user },
    stream: target.stream
  }
})

const temperature = ({ temperature }: Parameters): number | undefined =>
  temperature !== undefined && temperature <= maxTemperature ? temperature : undefined

const unlessEmpty = (list: ReadonlyArray<Json> | undefined): ReadonlyArray<Json> | undefined =>
  list?.length ? list : undefined

const tool = ({ name, description, parameters, strict }: Tool): JsonObject => ({
  name,
  description,
  // Arguments are an object for us always; Anthropic wants to hear it.
  input_schema: parameters ? { type: "object", ...parameters } : { type: "object", properties: {} },
  strict
})

const toolChoice = (
  { toolChoice: choice, tools, parallelToolCalls }: Parameters
): JsonObject | undefined => {
  const disable_parallel_tool_use = parallelToolCalls === false ? true : undefined
  if (typeof choice === "object") {
    return { type: "tool", name: choice.name, disable_parallel_tool_use }
  }
  if (choice === "required") return { type: "any", disable_parallel_tool_use }
  // Without tools what is left means what Anthropic does anyway, and to say so is an error there.
  if (!tools?.length) return undefined
  if (choice === "none") return { type: "none" }
  return choice || disable_parallel_tool_use
    ? { type: "auto", disable_parallel_tool_use }
    : undefined
}

/**
 * How hard to think and in what form to answer share a field. Effort and adaptive thinking are words
 * that models older than them refuse; the refusal is the client's answer then.
 */
const thinking = ({ reasoningEffort: effort, responseFormat: format }: Parameters): JsonObject => {
  const thinks = effort !== undefined && effort !== "none"
  const output = {
    effort: thinks ? effort === "minimal" ? "low" : effort : undefined,
    format: format?.type === "json_schema"
      ? { type: "json_schema", schema: format.schema }
      : undefined
  }
  return {
    thinking: effort === undefined ? undefined : { type: thinks ? "adaptive" : "disabled" },
    output_config: output.effort || output.format ? output : undefined
  }
}
