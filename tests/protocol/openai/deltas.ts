/**
 * Short words for what the tests of this dialect expect and send.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../../src/domain/Completion.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import type { FinishReason } from "../../../src/domain/FinishReason.ts"
import type { Message } from "../../../src/domain/Message.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import type { Usage } from "../../../src/domain/Usage.ts"
import type { OpenAiQuirks } from "../../../src/protocol/openai/mod.ts"
import { openai } from "../../../src/protocol/openai/mod.ts"
import { dataEvents, replay, utf8 } from "../../kit/replay.ts"

export const text = (text: string, choice = 0): Delta => ({ _tag: "Text", choice, text })
export const refusal = (text: string): Delta => ({ _tag: "Refusal", choice: 0, text })
export const reasoning = (text: string): Delta => ({ _tag: "Reasoning", choice: 0, text })
export const finish = (reason: FinishReason, choice = 0): Delta => ({
  _tag: "Finish",
  choice,
  reason
})
export const start = (index: number, id: string, name: string, choice = 0): Delta => ({
  _tag: "ToolCallStart",
  choice,
  index,
  id,
  name
})
export const more = (index: number, fragment: string, choice = 0): Delta => ({
  _tag: "ToolCallArguments",
  choice,
  index,
  fragment
})
export const usage = (promptTokens: number, completionTokens: number, parts = {}): Delta => ({
  _tag: "Usage",
  usage: {
    promptTokens,
    completionTokens,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: "reported",
    ...parts
  } satisfies Usage
})

/** What the dialect reads from a stream of these events; strings stand as they are. */
export const stream = (...events: ReadonlyArray<unknown>) =>
  replay(openai(), [utf8(dataEvents(...events))])

/** A chunk of one choice. */
export const piece = (delta: unknown, finish_reason: string | null = null, index = 0) => ({
  choices: [{ index, delta, finish_reason }]
})

/** The deltas of a whole answer; fails where it is a fault. */
export const decoded = (body: unknown): ReadonlyArray<Delta> => {
  const answer = openai().decode(body)
  if (answer instanceof UpstreamFault) throw answer
  return answer
}

/** The fault that a whole answer is. */
export const decodedFault = (body: unknown): UpstreamFault => {
  const answer = openai().decode(body)
  if (answer instanceof UpstreamFault) return answer
  throw new Error(`Not a fault: ${JSON.stringify(answer)}`)
}

export const user = (text: string): Message => ({
  role: "user",
  content: [{ type: "text", text }]
})

export const request = (
  messages: ReadonlyArray<Message>,
  parameters: Parameters = {}
): CompletionRequest => ({ model: "gpt", messages, parameters, dropUnsupported: false })

/** The body of a call, as it stands on the wire. */
export const body = (
  request: CompletionRequest,
  quirks?: OpenAiQuirks,
  stream = false
): Record<string, unknown> =>
  JSON.parse(JSON.stringify(openai(quirks).encode(request, { model: "gpt-x", stream }).body))
