/**
 * The content blocks of a streamed answer, one after the other.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { Delta, ToolCallStart } from "../../domain/Delta.ts"
import * as Braces from "../Braces.ts"
import { array, object } from "../json.ts"
import { namedEvent } from "../SseStream.ts"
import * as Signatures from "./signature.ts"

/**
 * Writes the events of content blocks. Only one is open at a time: what belongs to another while a
 * tool call is not yet whole waits until it is.
 */
export interface Blocks {
  /** What `delta` adds; empty where it has to wait. */
  readonly add: (delta: Delta) => string
  /** What has waited, and the end of the last block. */
  readonly end: () => string
  /** How many tools were called so far. */
  readonly toolCalls: () => number
  /** The sentence by which the model refused so far. */
  readonly refusal: () => string
}

/** The block that is being written. */
type Open =
  | { readonly type: "text" }
  | { readonly type: "thinking" }
  | { readonly type: "tool_use"; readonly index: number; readonly input: Braces.Braces }

/** What waits; with a tool call, the arguments that came meanwhile. */
interface Waiting {
  readonly delta: Delta
  input: string
}

/** No block yet. */
export const make = (): Blocks => {
  let open: Open | undefined
  /** The place of the block that is open, or was last. */
  let at = -1
  let waiting: Array<Waiting> = []
  /** So many of them do not wait any more. */
  let told = 0
  /** Those that are tool calls, by their index. */
  const waitingCalls = new Map<number, Waiting>()
  let toolCalls = 0
  let refusal = ""
  /** What the next block begins with beside what is told of any, if it is of that type. */
  let begins: JsonObject | undefined

  const stop = (): string => {
    if (open === undefined) return ""
    open = undefined
    return namedEvent("content_block_stop", `{"type":"content_block_stop","index":${at}}`)
  }

  const start = (block: object, next: Open | undefined): string => {
    const stopped = stop()
    open = next
    const json = JSON.stringify(block)
    return stopped + namedEvent(
      "content_block_start",
      `{"type":"content_block_start","index":${++at},"content_block":${json}}`
    )
  }

  /** `block` with what it was said to begin with. */
  const begun = (block: JsonObject): object => {
    const others = begins?.type === block.type ? begins : undefined
    begins = undefined
    return { ...block, ...others }
  }

  const change = (delta: string): string =>
    namedEvent(
      "content_block_delta",
      `{"type":"content_block_delta","index":${at},"delta":${delta}}`
    )
  const more = (type: string, field: string, text: string): string =>
    change(`{"type":"${type}","${field}":${JSON.stringify(text)}}`)

  const startText = (): string =>
    open?.type === "text" ? "" : start(begun({ type: "text", text: "" }), { type: "text" })
  const startThinking = (): string =>
    open?.type === "thinking"
      ? ""
      : start({ type: "thinking", thinking: "", signature: "" }, { type: "thinking" })
  const redacted = (data: string): string =>
    start({ type: "redacted_thinking", data }, undefined) + stopAt()
  const stopAt = (): string =>
    namedEvent("content_block_stop", `{"type":"content_block_stop","index":${at}}`)

  const startCall = ({ index, id, name, signature }: ToolCallStart): string => {
    toolCalls++
    // Before it, since there is no place for it in the block itself.
    const signed = signature ? redacted(Signatures.showOfCall(signature)) : ""
    const block = { type: "tool_use", id, name, input: {} }
    return signed + start(begun(block), { type: "tool_use", index, input: Braces.make() })
  }

  const argue = (index: number, fragment: string): string => {
    if (open?.type !== "tool_use" || open.index !== index) return ""
    open.input.add(fragment)
    return more("input_json_delta", "partial_json", fragment)
  }

  /** What Anthropic said itself: see `addForeign` of its dialect. */
  const passOn = (part: JsonObject): string => {
    const block = object(part.block)
    if (block) {
      let told = start(block, undefined)
      for (const delta of array(part.deltas) ?? []) told += change(JSON.stringify(delta))
      return told + stopAt()
    }
    if (part.delta !== undefined) return startText() + change(JSON.stringify(part.delta))
    begins = object(part.begins)
    return stop()
  }

  const write = (delta: Delta): string => {
    switch (delta._tag) {
      case "Text":
        return startText() + more("text_delta", "text", delta.text)
      case "Refusal":
        refusal += delta.text
        return startText() + more("text_delta", "text", delta.text)
      case "Reasoning":
        return startThinking() + more("thinking_delta", "thinking", delta.text)
      case "ReasoningSignature": {
        const signature = Signatures.show(delta.signature)
        return startThinking() + more("signature_delta", "signature", signature) + stop()
      }
      case "ReasoningRedacted":
        return redacted(Signatures.show(delta.data))
      case "ToolCallStart":
        return startCall(delta)
      case "ToolCallArguments":
        return argue(delta.index, delta.fragment)
      case "Foreign":
        return delta.dialect === "anthropic" ? passOn(delta.part) : ""
      case "Logprobs":
      case "Finish":
      case "Usage":
        return ""
    }
  }

  /** Whether another block may begin: not in the middle of a tool call's arguments. */
  const mayBegin = (): boolean => open?.type !== "tool_use" || open.input.isWhole()

  const add: Blocks["add"] = (delta) => {
    if (delta._tag !== "Usage" && delta.choice !== 0) return ""
    if (delta._tag === "ToolCallArguments") {
      const call = waitingCalls.get(delta.index)
      if (call === undefined) return write(delta) + resume()
      call.input += delta.fragment
      return ""
    }
    if (waiting.length === 0 && mayBegin()) return write(delta)
    const late = { delta, input: "" }
    waiting.push(late)
    if (delta._tag === "ToolCallStart") waitingCalls.set(delta.index, late)
    return ""
  }

  /** What has waited, in its order, up to where it has to wait once more. */
  const resume = (): string => {
    let text = ""
    while (mayBegin()) {
      const next = waiting[told]
      if (next === undefined) {
        waiting = []
        told = 0
        break
      }
      told++
      text += write(next.delta)
      if (next.delta._tag !== "ToolCallStart") continue
      const { index } = next.delta
      waitingCalls.delete(index)
      if (next.input !== "") text += argue(index, next.input)
    }
    return text
  }

  const end = (): string => {
    let text = stop()
    while (waiting.length > 0) text += resume() + stop()
    return text
  }

  return { add, end, toolCalls: () => toolCalls, refusal: () => refusal }
}
