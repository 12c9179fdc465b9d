/**
 * The conversation: who said what.
 *
 * @module
 */

/** A piece of what was said. */
export type Part =
  | { readonly type: "text"; readonly text: string }
  /** `url` is an `https:` address or a `data:` URL; the gateway never fetches it. */
  | { readonly type: "image"; readonly url: string; readonly detail?: ImageDetail | undefined }

/** How closely a model should look at an image. */
export type ImageDetail = "auto" | "low" | "high"

/** A tool that the model wants called. */
export interface ToolCall {
  /** The provider's id; a tool's result names it. */
  readonly id: string
  readonly name: string
  /** JSON text, as the model wrote it: never repaired. */
  readonly arguments: string
  /** The provider's proof of the thought behind the call, to be sent back unchanged. */
  readonly signature?: Signature | undefined
}

/** Every wire dialect; what one provider signed is only sent back in its own. */
export const dialectNames = ["openai", "anthropic", "gemini", "bedrock", "cohere"] as const

/** The name of a wire dialect. */
export type DialectName = typeof dialectNames[number]

/** An opaque proof that a provider wants back in the next turn. */
export interface Signature {
  readonly dialect: DialectName
  readonly value: string
}

/** A block of a model's reasoning, kept so that it can go back in the next turn. */
export type Reasoning =
  | { readonly type: "text"; readonly text: string; readonly signature?: Signature | undefined }
  /** Reasoning that the provider shows to nobody. */
  | { readonly type: "redacted"; readonly data: Signature }

/** One turn of the conversation. */
export type Message =
  | { readonly role: "system"; readonly content: ReadonlyArray<Part> }
  | {
    readonly role: "user"
    readonly content: ReadonlyArray<Part>
    readonly name?: string | undefined
  }
  | {
    readonly role: "assistant"
    readonly content: ReadonlyArray<Part>
    readonly reasoning: ReadonlyArray<Reasoning>
    readonly toolCalls: ReadonlyArray<ToolCall>
  }
  | {
    readonly role: "tool"
    readonly toolCallId: string
    readonly content: ReadonlyArray<Part>
    /** Whether the tool failed, and `content` says how. Default: false. */
    readonly isError?: boolean | undefined
  }

/** All the text of a message's content. */
export const textOf = (content: ReadonlyArray<Part>): string => {
  const [first] = content
  if (content.length === 1 && first?.type === "text") return first.text
  return content.map((part) => part.type === "text" ? part.text : "").join("")
}
