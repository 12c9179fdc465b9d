/**
 * A whole answer of a chat.
 *
 * @module
 */
import type { Choice } from "../../../domain/Answer.ts"
import type { Json, JsonObject } from "../../../domain/Completion.ts"
import type { Generated } from "../../../gateway/whole.ts"
import type { Head } from "../Head.ts"
import { toUsage } from "../usage.ts"
import { toReasoning } from "./reasoning.ts"
import { toToolCall } from "./toolCalls.ts"

/** The answer, as OpenAI's clients read it. */
export const toCompletion = (
  { id, created }: Head,
  { model, answer, usage }: Generated
): JsonObject => ({
  id,
  object: "chat.completion",
  created,
  model,
  choices: answer.choices.map(toChoice),
  usage: toUsage(usage)
})

const toChoice = (
  { index, text, refusal, reasoning, toolCalls, finishReason, logprobs }: Choice
): JsonObject => {
  const isSilent = text === "" && (toolCalls.length > 0 || refusal !== undefined)
  return {
    index,
    message: {
      role: "assistant",
      content: isSilent ? null : text,
      refusal: refusal ?? null,
      ...toReasoning(reasoning),
      ...(toolCalls.length > 0 ? { tool_calls: toolCalls.map(toToolCall) } : {})
    },
    logprobs: logprobs === undefined
      ? null
      : toLogprobs(logprobs, isSilent && refusal !== undefined),
    finish_reason: finishReason
  }
}

/** How likely tokens were: those of the text, or of the sentence that refuses to answer. */
export const toLogprobs = (tokens: ReadonlyArray<Json>, isRefusal: boolean): JsonObject =>
  isRefusal ? { content: null, refusal: tokens } : { content: tokens, refusal: null }
