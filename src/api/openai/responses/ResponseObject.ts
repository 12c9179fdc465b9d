/**
 * Responses, as clients of the Responses API read them.
 *
 * @module
 */
import type { Json, JsonObject } from "../../../domain/Completion.ts"

/** A response: what was asked, and what came of it. */
export interface ResponseObject extends Echo {
  readonly id: string
  readonly object: "response"
  /** Unix seconds. */
  readonly created_at: number
  readonly status: "in_progress" | "completed" | "incomplete" | "failed"
  readonly error: ResponseError | null
  readonly incomplete_details: { readonly reason: IncompleteReason } | null
  /** The id of the model that served it. */
  readonly model: string
  readonly output: ReadonlyArray<OutputItem>
  /** Absent until it is known. */
  readonly usage: ResponseUsage | null
}

/** Why a response is not all of an answer. */
export type IncompleteReason = "max_output_tokens" | "content_filter"

/** Why a response failed. */
export interface ResponseError {
  readonly code: "server_error" | "rate_limit_exceeded"
  readonly message: string
}

/** What a response repeats of its request. */
export interface Echo {
  readonly background: false
  readonly instructions: Json
  readonly max_output_tokens: Json
  readonly max_tool_calls: Json
  readonly metadata: Json
  readonly parallel_tool_calls: Json
  readonly previous_response_id: null
  readonly prompt_cache_key: Json
  readonly reasoning: Json
  readonly safety_identifier: Json
  readonly service_tier: "default"
  /** Nothing is kept, whatever was asked. */
  readonly store: false
  readonly temperature: Json
  readonly text: Json
  readonly tool_choice: Json
  readonly tools: Json
  readonly top_logprobs: Json
  readonly top_p: Json
  /** What is too long is refused, and never cut. */
  readonly truncation: "disabled"
  readonly user: Json
}

/** One thing that came of it. */
export type OutputItem = ReasoningItem | MessageItem | FunctionCallItem | CustomCallItem

/** How far an item has come. */
export type ItemStatus = "in_progress" | "completed" | "incomplete"

/** A block of reasoning. */
export interface ReasoningItem {
  readonly id: string
  readonly type: "reasoning"
  readonly summary: ReadonlyArray<{ readonly type: "summary_text"; readonly text: string }>
  /** What the provider wants back of it in the next turn. */
  readonly encrypted_content?: string
}

/** What the model said. */
export interface MessageItem {
  readonly id: string
  readonly type: "message"
  readonly status: ItemStatus
  readonly role: "assistant"
  readonly content: ReadonlyArray<OutputText | OutputRefusal>
}

/** A text that the model wrote. */
export interface OutputText {
  readonly type: "output_text"
  readonly annotations: ReadonlyArray<JsonObject>
  readonly logprobs: ReadonlyArray<Json>
  readonly text: string
}

/** The sentence by which the model refused to answer. */
export interface OutputRefusal {
  readonly type: "refusal"
  readonly refusal: string
}

/** A function that the model wants called. */
export interface FunctionCallItem {
  readonly id: string
  readonly type: "function_call"
  readonly status: ItemStatus
  readonly arguments: string
  readonly call_id: string
  readonly name: string
  /** The group that the function is in; absent where it is in none. */
  readonly namespace?: string
  /** The provider's proof of the thought behind the call: it may be sent back as it came. */
  readonly signature?: string
}

/** A custom tool that the model wants called. */
export interface CustomCallItem {
  readonly id: string
  readonly type: "custom_tool_call"
  readonly status: ItemStatus
  readonly call_id: string
  readonly input: string
  readonly name: string
  /** The group that the tool is in; absent where it is in none. */
  readonly namespace?: string
  /** As of a function. */
  readonly signature?: string
}

/** Tokens, as this API counts: the parts are within the wholes. */
export interface ResponseUsage {
  readonly input_tokens: number
  readonly input_tokens_details: {
    readonly cached_tokens: number
    readonly cache_write_tokens: number
  }
  readonly output_tokens: number
  readonly output_tokens_details: { readonly reasoning_tokens: number }
  readonly total_tokens: number
}
