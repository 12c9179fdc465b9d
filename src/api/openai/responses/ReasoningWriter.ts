/**
 * A block of reasoning, as it is streamed.
 *
 * @module
 */
import type { Reasoning, Signature } from "../../../domain/Message.ts"
import { toReasoningItem } from "./reasoning.ts"
import { framing, type ItemWriter, type Wire } from "./Wire.ts"

/** Writes one block of reasoning. */
export interface ReasoningWriter extends ItemWriter {
  readonly add: (text: string) => string
  /** What the provider wants back of it: it goes out with the end of the item. */
  readonly sign: (signature: Signature) => void
}

/** Begins a block at `output_index`; `redacted` is one that is nothing to read. */
export const make = (
  wire: Wire,
  item_id: string,
  output_index: number,
  redacted?: Reasoning
): readonly [ReasoningWriter, string] => {
  const { added, done } = framing(wire, output_index)
  const place = { item_id, output_index, summary_index: 0 }
  const members = JSON.stringify(place).slice(1, -1)
  let text = ""
  let signature: Signature | undefined
  let isClosed = false

  const item = () => toReasoningItem(item_id, redacted ?? { type: "text", text, signature })
  const endSummary = () => {
    if (text === "") return ""
    const part = { type: "summary_text", text }
    return wire.event("response.reasoning_summary_text.done", { ...place, text }) +
      wire.event("response.reasoning_summary_part.done", { ...place, part })
  }
  const writer: ReasoningWriter = {
    item,
    add: (more) => {
      const part = { type: "summary_text", text: "" }
      const begin = text === ""
        ? wire.event("response.reasoning_summary_part.added", { ...place, part })
        : ""
      text += more
      return begin + wire.raw(
        "response.reasoning_summary_text.delta",
        `${members},"delta":${JSON.stringify(more)}`
      )
    },
    sign: (its) => {
      signature = its
    },
    close: () => {
      if (isClosed) return ""
      isClosed = true
      return endSummary() + done(item())
    }
  }
  return [writer, added({ id: item_id, type: "reasoning", summary: [] })]
}
