/**
 * Counting tokens where a provider did not.
 *
 * @module
 */
import type { CompletionRequest } from "../domain/Completion.ts"
import { textOf } from "../domain/Message.ts"
import type { Usage } from "../domain/Usage.ts"

/** UTF-16 units of Latin text that make a token, as a rule of thumb. */
const unitsPerToken = 4
/** What each message takes besides its text. */
const tokensPerMessage = 4

/** What `text` takes, roughly: a quarter of a token for a letter, one for a CJK character. */
const tokensOf = (text: string): number => {
  let wide = 0
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x2e7f) wide++
  return wide + Math.ceil((text.length - wide) / unitsPerToken)
}

/** What an answer of `written` to `request` took, by a rule of thumb, and marked so. */
export const estimate = (request: CompletionRequest, written: string): Usage => ({
  promptTokens: request.messages.reduce(
    (sum, { content }) => sum + tokensPerMessage + tokensOf(textOf(content)),
    0
  ),
  completionTokens: tokensOf(written),
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "estimated"
})
