/**
 * One step of an answer as it is written.
 *
 * @module
 */
import type { Json, JsonObject } from "./Completion.ts"
import type { FinishReason } from "./FinishReason.ts"
import type { DialectName, Signature } from "./Message.ts"
import type { Usage } from "./Usage.ts"

/**
 * One step of an answer. An answer is whole when each of its choices has had exactly one `Finish`.
 * `choice` counts the answers from 0: more than one only where the request's `n` asked for it.
 */
export type Delta =
  /** More of the answer; never empty. */
  | { readonly _tag: "Text"; readonly choice: number; readonly text: string }
  /** More of the sentence by which the model refuses to answer; never empty. */
  | { readonly _tag: "Refusal"; readonly choice: number; readonly text: string }
  /** How likely the tokens of the text that follows were, in OpenAI's words; never empty. */
  | { readonly _tag: "Logprobs"; readonly choice: number; readonly tokens: ReadonlyArray<Json> }
  /** More of the reasoning before the answer; never empty. */
  | { readonly _tag: "Reasoning"; readonly choice: number; readonly text: string }
  /** Ends the block of reasoning before it and signs it. */
  | { readonly _tag: "ReasoningSignature"; readonly choice: number; readonly signature: Signature }
  /** A block of reasoning that the provider shows to nobody. */
  | { readonly _tag: "ReasoningRedacted"; readonly choice: number; readonly data: Signature }
  | ToolCallStart
  /** More of the arguments of the tool call `index`. */
  | {
    readonly _tag: "ToolCallArguments"
    readonly choice: number
    readonly index: number
    readonly fragment: string
  }
  | Foreign
  /** The end of a choice. */
  | Finish
  /** What the provider counted so far; the latest holds, they are never summed. */
  | { readonly _tag: "Usage"; readonly usage: Usage }

/**
 * A part of the answer that the domain has no word for: only clients of the same dialect are shown
 * it. What `part` holds is between the dialect's reader and the surface of the same name.
 */
export interface Foreign {
  readonly _tag: "Foreign"
  readonly choice: number
  readonly dialect: DialectName
  readonly part: JsonObject
}

/** A choice is over. */
export interface Finish {
  readonly _tag: "Finish"
  readonly choice: number
  readonly reason: FinishReason
  /** The stop text that the model met, where the provider says which. */
  readonly stop?: string | undefined
  /** What its dialect says of the end beyond that. Default: nothing. */
  readonly foreign?: Pick<Foreign, "dialect" | "part"> | undefined
}

/** A tool call begins; `index` counts the tool calls of the choice from 0, without gaps. */
export interface ToolCallStart {
  readonly _tag: "ToolCallStart"
  readonly choice: number
  readonly index: number
  readonly id: string
  readonly name: string
  readonly signature?: Signature | undefined
}

/** Whether a delta shows the client something: from then on there is no going back. */
export const isContent = (delta: Delta): boolean =>
  delta._tag !== "Finish" && delta._tag !== "Usage"
