/**
 * The content blocks of an answer, as they are written.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import type { Signature } from "../../domain/Message.ts"
import { type Fields, object, string } from "../json.ts"
import { addBeginning, addForeign, isForeignToText } from "./foreign.ts"
import { fromInput } from "./toolInput.ts"

/** Reads the content blocks of one answer; each step adds what it tells to `out`. */
export interface Blocks {
  /** A block begins. `false` where it holds what cannot be passed on. */
  readonly start: (index: number, block: unknown, out: Array<Delta>) => boolean
  /** More of a block. */
  readonly more: (index: number, delta: unknown, out: Array<Delta>) => void
  /** A block is over. */
  readonly stop: (index: number, out: Array<Delta>) => void
  /** All blocks are over, also those that were never said to be. */
  readonly stopAll: (out: Array<Delta>) => void
  /** What there was so far. */
  readonly seen: () => Seen
}

/** How many blocks there were, and how many of them were tool calls. */
export interface Seen {
  readonly blocks: number
  readonly toolCalls: number
}

type Block =
  | { readonly type: "text" }
  | { readonly type: "thinking"; signature: string }
  /** `input` is what the call began with: it holds where no fragment comes. */
  | { readonly type: "tool_use"; readonly index: number; readonly input: string; told: boolean }
  /** Of the provider's own tools and the like: kept as it came until it is over. */
  | { readonly type: "foreign"; readonly block: Fields; readonly deltas: Array<Fields> }
  /** Over, or no block at all. */
  | { readonly type: "closed" }

const closed: Block = { type: "closed" }

/** Starts to read the blocks of one answer. */
export const make = (): Blocks => {
  const blocks = new Map<number, Block>()
  let toolCalls = 0
  /** The type of the block that began last. */
  let last: unknown

  const start: Blocks["start"] = (index, block, out) => {
    if (blocks.has(index)) return true
    const fields = object(block)
    const before = last
    last = fields?.type
    let state: Block = closed
    switch (fields?.type) {
      case "text":
        state = { type: "text" }
        addBeginning("text", fields, before === "text", out)
        addText(fields.text, out)
        break
      case "thinking":
        state = { type: "thinking", signature: string(fields.signature) ?? "" }
        addReasoning(fields.thinking, out)
        break
      case "redacted_thinking": {
        const data = string(fields.data)
        if (data) out.push({ _tag: "ReasoningRedacted", choice: 0, data: signed(data) })
        break
      }
      case "tool_use": {
        const name = string(fields.name)
        if (!name) break
        const input = fromInput(fields.input)
        if (input === undefined) return false
        const call = toolCalls++
        const id = string(fields.id) || `call_${call}`
        state = { type: "tool_use", index: call, input, told: false }
        addBeginning("tool_use", fields, false, out)
        out.push({ _tag: "ToolCallStart", choice: 0, index: call, id, name })
        break
      }
      default:
        if (fields && string(fields.type)) state = { type: "foreign", block: fields, deltas: [] }
    }
    blocks.set(index, state)
    return true
  }

  const more: Blocks["more"] = (index, delta, out) => {
    const fields = object(delta)
    const block = blocks.get(index)
    switch (block?.type) {
      case "text":
        addText(fields?.text, out)
        if (fields && isForeignToText(fields.type)) addForeign({ delta: fields }, out)
        break
      case "foreign":
        if (fields) block.deltas.push(fields)
        break
      case "thinking":
        addReasoning(fields?.thinking, out)
        // It comes in one piece, behind the last of the text.
        block.signature = string(fields?.signature) ?? block.signature
        break
      case "tool_use": {
        const fragment = string(fields?.partial_json)
        if (!fragment) break
        block.told = true
        out.push({ _tag: "ToolCallArguments", choice: 0, index: block.index, fragment })
      }
    }
  }

  const stop: Blocks["stop"] = (index, out) => {
    const block = blocks.get(index)
    if (block === undefined) return
    blocks.set(index, closed)
    if (block.type === "thinking" && block.signature !== "") {
      out.push({ _tag: "ReasoningSignature", choice: 0, signature: signed(block.signature) })
    } else if (block.type === "tool_use" && !block.told) {
      out.push({
        _tag: "ToolCallArguments",
        choice: 0,
        index: block.index,
        fragment: block.input
      })
    } else if (block.type === "foreign") {
      const { block: began, deltas } = block
      addForeign(deltas.length === 0 ? { block: began } : { block: began, deltas }, out)
    }
  }

  return {
    start,
    more,
    stop,
    stopAll: (out) => blocks.forEach((_, index) => stop(index, out)),
    seen: () => ({ blocks: blocks.size, toolCalls })
  }
}

const addText = (value: unknown, out: Array<Delta>): void => {
  const text = string(value)
  if (text) out.push({ _tag: "Text", choice: 0, text })
}

const addReasoning = (value: unknown, out: Array<Delta>): void => {
  const text = string(value)
  if (text) out.push({ _tag: "Reasoning", choice: 0, text })
}

const signed = (value: string): Signature => ({ dialect: "anthropic", value })
