/**
 * The content blocks of an answer, as they are written.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import type { Signature } from "../../domain/Message.ts"
import { object, string } from "../json.ts"
import { fromInput } from "./toolInput.ts"

/** Reads the content blocks of one answer; each step adds what it tells to `out`. */
export interface Blocks {
  /** A block begins. */
  readonly start: (index: number, start: unknown, out: Array<Delta>) => void
  /** More of a block; one of text or thoughts begins with it. */
  readonly more: (index: number, delta: unknown, out: Array<Delta>) => void
  /** A block is over. */
  readonly stop: (index: number, out: Array<Delta>) => void
  /** All blocks are over, also those that were never said to be. */
  readonly stopAll: (out: Array<Delta>) => void
  /** A block as a whole. `false` where it holds what cannot be passed on. */
  readonly whole: (index: number, block: unknown, out: Array<Delta>) => boolean
}

type Block =
  | { readonly type: "thought"; signature: string }
  | { readonly type: "tool"; readonly index: number; told: boolean }
  /** Over, or of a kind that is not ours to pass on, such as the provider's own tools. */
  | { readonly type: "closed" }

const closed: Block = { type: "closed" }

/** Starts to read the blocks of one answer. */
export const make = (): Blocks => {
  const blocks = new Map<number, Block>()
  let toolCalls = 0

  const start: Blocks["start"] = (index, start, out) => {
    if (blocks.has(index)) return
    const fields = object(object(start)?.toolUse)
    const name = string(fields?.name)
    // A call of another type is the provider's own to answer.
    if (!name || fields?.type !== undefined && fields.type !== "tool_use") return
    const call = toolCalls++
    blocks.set(index, { type: "tool", index: call, told: false })
    const id = string(fields?.toolUseId) || `call_${call}`
    out.push({ _tag: "ToolCallStart", choice: 0, index: call, id, name })
  }

  const more: Blocks["more"] = (index, delta, out) => {
    const fields = object(delta)
    const text = string(fields?.text)
    if (text) out.push({ _tag: "Text", choice: 0, text })
    else if (fields?.toolUse !== undefined) call(index, object(fields.toolUse)?.input, out)
    else if (fields?.reasoningContent !== undefined) think(index, fields.reasoningContent, out)
  }

  const call = (index: number, input: unknown, out: Array<Delta>): void => {
    const block = blocks.get(index)
    const fragment = string(input)
    if (block?.type !== "tool" || !fragment) return
    block.told = true
    out.push({ _tag: "ToolCallArguments", choice: 0, index: block.index, fragment })
  }

  const think = (index: number, content: unknown, out: Array<Delta>): void => {
    const fields = object(content)
    const text = string(fields?.text)
    const signature = string(fields?.signature)
    const redacted = string(fields?.redactedContent)
    if (text) out.push({ _tag: "Reasoning", choice: 0, text })
    if (redacted) out.push({ _tag: "ReasoningRedacted", choice: 0, data: signed(redacted) })
    if (!signature) return
    const block = blocks.get(index)
    if (block === undefined) blocks.set(index, { type: "thought", signature })
    else if (block.type === "thought") block.signature += signature
  }

  const stop: Blocks["stop"] = (index, out) => {
    const block = blocks.get(index)
    if (block === undefined) return
    blocks.set(index, closed)
    if (block.type === "thought") {
      out.push({ _tag: "ReasoningSignature", choice: 0, signature: signed(block.signature) })
    } else if (block.type === "tool" && !block.told) {
      // A call without arguments.
      out.push({ _tag: "ToolCallArguments", choice: 0, index: block.index, fragment: "{}" })
    }
  }

  const whole: Blocks["whole"] = (index, block, out) => {
    const fields = object(block)
    const { text, toolUse, reasoningContent } = fields ?? {}
    start(index, fields, out)
    if (text !== undefined) more(index, { text }, out)
    if (reasoningContent !== undefined) {
      const content = object(reasoningContent)
      think(index, content?.reasoningText ?? content, out)
    }
    if (toolUse !== undefined) {
      const input = fromInput(object(toolUse)?.input)
      if (input === undefined) return false
      call(index, input, out)
    }
    stop(index, out)
    return true
  }

  return {
    start,
    more,
    stop,
    stopAll: (out) => blocks.forEach((_, index) => stop(index, out)),
    whole
  }
}

const signed = (value: string): Signature => ({ dialect: "bedrock", value })
