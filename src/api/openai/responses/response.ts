/**
 * A response at each of its stages.
 *
 * @module
 */
import type { JsonObject } from "../../../domain/Completion.ts"
import type { FinishReason } from "../../../domain/FinishReason.ts"
import type { Usage } from "../../../domain/Usage.ts"
import { array, object } from "../../json.ts"
import type { Toolbox } from "../Toolbox.ts"
import type {
  Echo,
  IncompleteReason,
  OutputItem,
  ResponseError,
  ResponseObject,
  ResponseUsage
} from "./ResponseObject.ts"

/** What is known of a response before there is an answer. */
export interface Head {
  /** What the ids of the response and of its items have in common. */
  readonly name: string
  /** Unix seconds. */
  readonly createdAt: number
  readonly echo: Echo
  /** The names of the tools that were offered. */
  readonly toolbox: Toolbox
}

/** What came of it so far. */
export interface Course {
  readonly model: string
  readonly output: ReadonlyArray<OutputItem>
  readonly usage: Usage | undefined
  /** Absent while the answer is being written. */
  readonly end?: FinishReason | ResponseError | undefined
}

/** The id of the `index`-th item of a response. */
export const itemId = (
  prefix: "rs" | "msg" | "fc" | "ctc",
  { name }: Head,
  index: number
): string => `${prefix}_${name}_${index}`

/** Why an answer that ended for `reason` is not all there is; absent where it is. */
export const incompleteReason = (reason: FinishReason): IncompleteReason | undefined =>
  reason === "length"
    ? "max_output_tokens"
    : reason === "content_filter"
    ? "content_filter"
    : undefined

/** The response as it stands. */
export const toResponse = (
  { name, createdAt, echo }: Head,
  { model, output, usage, end }: Course
): ResponseObject => {
  const error = typeof end === "object" ? end : null
  const reason = typeof end === "string" ? incompleteReason(end) : undefined
  return {
    id: `resp_${name}`,
    object: "response",
    created_at: createdAt,
    status: end === undefined
      ? "in_progress"
      : error
      ? "failed"
      : reason
      ? "incomplete"
      : "completed",
    error,
    incomplete_details: reason ? { reason } : null,
    model,
    output,
    usage: usage ? toUsage(usage) : null,
    ...echo
  }
}

const toUsage = (usage: Usage): ResponseUsage => ({
  input_tokens: usage.promptTokens,
  input_tokens_details: {
    cached_tokens: usage.cachedTokens,
    cache_write_tokens: usage.cacheWriteTokens
  },
  output_tokens: usage.completionTokens,
  output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  total_tokens: usage.promptTokens + usage.completionTokens
})

/** What a response repeats of the request `body`, with OpenAI's defaults. */
export const toEcho = (body: JsonObject): Echo => ({
  background: false,
  instructions: body.instructions ?? null,
  max_output_tokens: body.max_output_tokens ?? null,
  max_tool_calls: body.max_tool_calls ?? null,
  metadata: body.metadata ?? {},
  parallel_tool_calls: body.parallel_tool_calls ?? true,
  previous_response_id: null,
  prompt_cache_key: body.prompt_cache_key ?? null,
  reasoning: { effort: null, summary: null, ...object(body.reasoning) },
  safety_identifier: body.safety_identifier ?? null,
  service_tier: "default",
  store: false,
  temperature: body.temperature ?? null,
  text: { ...object(body.text), format: object(body.text)?.format ?? { type: "text" } },
  tool_choice: body.tool_choice ?? "auto",
  tools: (array(body.tools) ?? []).map((value) => {
    const tool = object(value)
    return tool?.type === "function"
      ? { description: null, parameters: null, strict: null, ...tool }
      : value
  }),
  top_logprobs: body.top_logprobs ?? 0,
  top_p: body.top_p ?? null,
  truncation: "disabled",
  user: body.user ?? null
})
