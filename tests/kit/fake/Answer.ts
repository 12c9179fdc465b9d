/**
 * What a fake model answers, before any dialect writes it down.
 *
 * @module
 */
import type { FinishReason } from "../../../src/domain/FinishReason.ts"

/** An answer to give. All is optional: without anything it is a short greeting in three pieces. */
export interface Answer {
  /** The text; a stream has it word by word. */
  readonly text?: string | undefined
  /** The text as a stream has it, one content event a piece. Wins over `text`. */
  readonly pieces?: ReadonlyArray<string> | undefined
  /** The reasoning before the text, one event a piece. */
  readonly reasoning?: ReadonlyArray<string> | undefined
  readonly toolCalls?: ReadonlyArray<FakeToolCall> | undefined
  /** Default: `tool_calls` where there are some, else `stop`. */
  readonly finish?: FinishReason | undefined
  /** Default: 11 prompt tokens, and one completion token for each piece. */
  readonly usage?: FakeUsage | "missing" | { readonly raw: unknown } | undefined
  /** The model that claims to have answered. Default: the one that was asked. */
  readonly model?: string | undefined
}

/** A tool call to make; its `arguments` are JSON text and stream in two halves. */
export interface FakeToolCall {
  /** Default: `call_1` and so on. */
  readonly id?: string | undefined
  readonly name: string
  readonly arguments: string
}

/** Tokens in the domain's meaning: wholes with their parts. Each defaults to 0. */
export interface FakeUsage {
  readonly prompt?: number | undefined
  readonly completion?: number | undefined
  readonly cached?: number | undefined
  readonly cacheWrite?: number | undefined
  readonly reasoning?: number | undefined
}

/** An answer with every default filled in. */
export interface FullAnswer {
  readonly pieces: ReadonlyArray<string>
  readonly reasoning: ReadonlyArray<string>
  readonly toolCalls: ReadonlyArray<Required<FakeToolCall> & { readonly id: string }>
  readonly finish: FinishReason
  readonly usage: Readonly<Record<keyof FakeUsage, number>> | undefined
  /** Stands, as it is, where the dialect has its usage; wins over `usage`. */
  readonly rawUsage: unknown
  readonly model: string
}

/** Fills in the defaults of an answer by the model `asked`. */
export const complete = (answer: Answer, asked: string): FullAnswer => {
  const toolCalls = (answer.toolCalls ?? []).map((call, at) => ({
    ...call,
    id: call.id ?? `call_${at + 1}`
  }))
  const text = answer.text ?? (toolCalls.length > 0 ? "" : "Hello, dear reader")
  const pieces = answer.pieces ?? text.match(/\s*\S+\s*$|\s*\S+|\s+/g) ?? []
  const reasoning = answer.reasoning ?? []
  const { usage = { prompt: 11, completion: pieces.length + reasoning.length } } = answer
  const counted = usage === "missing" || "raw" in usage ? undefined : usage
  return {
    pieces,
    reasoning,
    toolCalls,
    finish: answer.finish ?? (toolCalls.length > 0 ? "tool_calls" : "stop"),
    usage: counted &&
      { prompt: 0, completion: 0, cached: 0, cacheWrite: 0, reasoning: 0, ...defined(counted) },
    rawUsage: usage !== "missing" && "raw" in usage ? usage.raw : undefined,
    model: answer.model ?? asked
  }
}

/** Both halves of a text; either may be empty. */
export const halves = (text: string): readonly [string, string] => {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)]
}

const defined = (usage: FakeUsage): Partial<Record<keyof FakeUsage, number>> =>
  Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== undefined))
