/**
 * A request in OpenAI's words.
 *
 * @module
 */
import type {
  CompletionRequest,
  JsonObject,
  ReasoningEffort,
  ResponseFormat,
  Tool,
  ToolChoice
} from "../../domain/Completion.ts"
import type { Call, Target } from "../Dialect.ts"
import { encodeMessages } from "./messages.ts"
import type { OpenAiQuirks } from "./quirks.ts"

/** The call that asks `target` for `request`. */
export const encode = (
  { messages, parameters }: CompletionRequest,
  target: Target,
  quirks: OpenAiQuirks
): Call => {
  const { maxTokensField = "max_tokens", seedField = "seed", userField = "user" } = quirks
  const { responseFormat, stop, toolChoice, tools } = parameters
  return {
    path: "/chat/completions",
    body: {
      model: target.model,
      messages: encodeMessages(messages, quirks),
      temperature: parameters.temperature,
      [maxTokensField]: parameters.maxTokens,
      top_p: parameters.topP,
      top_k: quirks.topK ? parameters.topK : undefined,
      // An empty list asks for nothing, but is refused.
      stop: stop?.length ? stop : undefined,
      [seedField]: parameters.seed,
      presence_penalty: parameters.presencePenalty,
      frequency_penalty: parameters.frequencyPenalty,
      n: parameters.n,
      response_format: responseFormat && encodeResponseFormat(responseFormat),
      tools: tools?.length ? tools.map(encodeTool) : undefined,
      tool_choice: toolChoice && encodeToolChoice(toolChoice, quirks),
      // Without tools it is refused.
      parallel_tool_calls: tools?.length ? parameters.parallelToolCalls : undefined,
      logprobs: parameters.logprobs === undefined ? undefined : true,
      top_logprobs: parameters.logprobs || undefined,
      ...encodeEffort(parameters.reasoningEffort, quirks),
      ...(userField === "none" ? undefined : { [userField]: parameters.user }),
      stream: target.stream ? true : undefined,
      stream_options: target.stream && quirks.streamUsage !== false
        ? { include_usage: true }
        : undefined
    }
  }
}

const encodeResponseFormat = (format: ResponseFormat): JsonObject => {
  if (format.type !== "json_schema") return { type: format.type }
  const { name, description, schema, strict } = format
  return { type: "json_schema", json_schema: { name, description, schema, strict } }
}

const encodeTool = ({ name, description, parameters, strict }: Tool): JsonObject => ({
  type: "function",
  function: { name, description, parameters, strict }
})

const encodeToolChoice = (
  choice: ToolChoice,
  { requiredToolChoice = "required" }: OpenAiQuirks
): string | JsonObject => {
  if (choice === "required") return requiredToolChoice
  return typeof choice === "string" ? choice : { type: "function", function: { name: choice.name } }
}

const encodeEffort = (
  effort: ReasoningEffort | undefined,
  { reasoningSwitch }: OpenAiQuirks
): JsonObject | undefined => {
  if (effort === undefined) return undefined
  if (reasoningSwitch !== "thinking") return { reasoning_effort: effort }
  return effort === "none"
    ? { thinking: { type: "disabled" } }
    : { thinking: { type: "enabled" }, reasoning_effort: effort }
}
