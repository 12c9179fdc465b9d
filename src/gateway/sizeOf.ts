/**
 * How large an answer may become.
 *
 * @module
 */
import type { Delta } from "../domain/Delta.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"

/**
 * The most that one answer may hold, in UTF-16 units, as many as a whole answer has bytes: what
 * surfaces keep for the end of a stream is bounded by it.
 */
export const mostContent = 32 * 1024 * 1024

/** What each delta counts at least: one that says nothing takes room as well. */
const least = 16

/** How much `delta` adds to its answer, in UTF-16 units. */
export const sizeOf = (delta: Delta): number => {
  switch (delta._tag) {
    case "Text":
    case "Refusal":
    case "Reasoning":
      return least + delta.text.length
    case "ToolCallArguments":
      return least + delta.fragment.length
    case "ToolCallStart":
      return least + delta.id.length + delta.name.length + (delta.signature?.value.length ?? 0)
    case "ReasoningSignature":
      return least + delta.signature.value.length
    case "ReasoningRedacted":
      return least + delta.data.value.length
    case "Logprobs":
      return JSON.stringify(delta.tokens).length
    case "Foreign":
      return JSON.stringify(delta.part).length
    case "Finish":
    case "Usage":
      return 0
  }
}

/** The answer went on for longer than any does. Nobody is asked to go on with it. */
export const endless = new UpstreamFault({
  class: "too_large",
  message: `The provider's answer is larger than ${mostContent} characters`
})
