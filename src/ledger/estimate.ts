/**
 * Counting tokens where a provider did not.
 *
 * @module
 */
import type { CompletionRequest } from "../domain/Completion.ts"
import type { Delta } from "../domain/Delta.ts"
import { textOf } from "../domain/Message.ts"
import type { Usage } from "../domain/Usage.ts"

/** UTF-16 units of Latin text that make a token, as a rule of thumb. */
const unitsPerToken = 4
/** What each message takes besides its text. */
const tokensPerMessage = 4

/** How much was written, in letters and in wide characters, such as Chinese ones. */
export interface Tally {
  narrow: number
  wide: number
}

/** Nothing yet. */
export const emptyTally = (): Tally => ({ narrow: 0, wide: 0 })

/** Adds `text` to `tally`. */
export const addText = (tally: Tally, text: string): void => {
  let wide = 0
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x2e7f) wide++
  tally.wide += wide
  tally.narrow += text.length - wide
}

/** Adds what a delta shows: its text, its reasoning, or its part of a tool call. */
export const addDelta = (tally: Tally, delta: Delta): void => {
  switch (delta._tag) {
    case "Text":
    case "Reasoning":
      return addText(tally, delta.text)
    case "ToolCallStart":
      return addText(tally, delta.name)
    case "ToolCallArguments":
      return addText(tally, delta.fragment)
  }
}

/** A quarter of a token for a letter, one for a wide character. */
const tokensOf = ({ narrow, wide }: Tally): number => wide + Math.ceil(narrow / unitsPerToken)

const tokensOfText = (text: string): number => {
  const tally = emptyTally()
  addText(tally, text)
  return tokensOf(tally)
}

/** What an answer of `written` to `request` took, by a rule of thumb, and marked so. */
export const estimate = (request: CompletionRequest, written: Tally): Usage => ({
  promptTokens: request.messages.reduce(
    (sum, { content }) => sum + tokensPerMessage + tokensOfText(textOf(content)),
    0
  ),
  completionTokens: tokensOf(written),
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "estimated"
})
