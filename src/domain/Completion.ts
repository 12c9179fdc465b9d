/**
 * What a client asks for.
 *
 * @module
 */
import type { DialectName, Message } from "./Message.ts"

/** A conversation to continue. */
export interface CompletionRequest {
  /** The model as clients name it; the model table says who serves it. */
  readonly model: string
  /** The conversation so far, oldest first; never empty. */
  readonly messages: ReadonlyArray<Message>
  readonly parameters: Parameters
  /** Leave out what the chosen model cannot honour, instead of refusing the request. */
  readonly dropUnsupported: boolean
  /** What was left out of it already, by its name in the client's words. Default: nothing. */
  readonly leftOut?: ReadonlyArray<string> | undefined
  /** As the client itself wrote it, for a provider that speaks its dialect. */
  readonly original?: Original | undefined
}

/** A request in a client's own words. */
export interface Original {
  readonly dialect: DialectName
  /** Parsed JSON: its keys keep their order, by which a provider's prompt cache knows it again. */
  readonly body: JsonObject
  /** Headers that say how it is to be taken, such as `anthropic-beta`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** What was read of it: where a request has others by now, the gateway changed them. */
  readonly messages: ReadonlyArray<Message>
  readonly parameters: Parameters
  /**
   * What of it nobody can be told but a provider of the same dialect, such as a document or a tool of
   * the provider's own: it stands in `body` alone. Default: nothing.
   */
  readonly only?: ReadonlyArray<Untold> | undefined
}

/** A part of a client's request that is missing from what was read of it. */
export interface Untold {
  /** Where it stands, in the client's own words. */
  readonly path: ReadonlyArray<string | number>
  /** What it is, in one sentence. */
  readonly message: string
}

/** How to answer. What is absent is left to the provider. */
export interface Parameters {
  /** Randomness, from 0 to 2. */
  readonly temperature?: number | undefined
  /** Budget for the answer, in tokens, reasoning included. */
  readonly maxTokens?: number | undefined
  readonly topP?: number | undefined
  /** How many of the likeliest tokens are chosen among. */
  readonly topK?: number | undefined
  /** Texts that end the answer; they are not part of it. */
  readonly stop?: ReadonlyArray<string> | undefined
  readonly seed?: number | undefined
  readonly presencePenalty?: number | undefined
  readonly frequencyPenalty?: number | undefined
  /** How many answers to give. */
  readonly n?: number | undefined
  readonly responseFormat?: ResponseFormat | undefined
  readonly tools?: ReadonlyArray<Tool> | undefined
  readonly toolChoice?: ToolChoice | undefined
  /** Whether several tools may be called in one turn. */
  readonly parallelToolCalls?: boolean | undefined
  /** For how many of the likeliest tokens to tell how likely they were; 0 for the chosen one alone. */
  readonly logprobs?: number | undefined
  readonly reasoningEffort?: ReasoningEffort | undefined
  /** The end user on whose behalf the client asks: a label, passed on where a provider takes it. */
  readonly user?: string | undefined
  /** Labels of the client's own, for the books: never sent to a provider. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/** What the answer must look like. */
export type ResponseFormat =
  | { readonly type: "text" }
  | { readonly type: "json_object" }
  | {
    readonly type: "json_schema"
    readonly name: string
    readonly description?: string | undefined
    readonly schema: JsonObject
    readonly strict?: boolean | undefined
  }

/** A function that the model may ask to have called. */
export interface Tool {
  readonly name: string
  readonly description?: string | undefined
  /** JSON Schema of the arguments; absent for a tool that takes none. */
  readonly parameters?: JsonObject | undefined
  readonly strict?: boolean | undefined
}

/** Whether tools may, must or must not be called. */
export type ToolChoice = "auto" | "none" | "required" | { readonly name: string }

/** How hard to think, from not at all. */
export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh"

/** Any JSON value. */
export type Json = string | number | boolean | null | ReadonlyArray<Json> | JsonObject

/** A JSON object; a field that is `undefined` is not written. */
export interface JsonObject {
  readonly [key: string]: Json | undefined
}
