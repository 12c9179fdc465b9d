/**
 * A whole answer of a chat.
 *
 * @module
 */
import type { Choice } from "../../../domain/Answer.ts"
import type { Json, JsonObject } from "../../../domain/Completion.ts"
import type { Generated } from "../../../gateway/whole.ts"
import type { Head } from "../Head.ts"
import * as Toolbox from "../Toolbox.ts"
import { toUsage } from "../usage.ts"
import { asGiven } from "./asGiven.ts"
import { toReasoning } from "./reasoning.ts"
import { toToolCall } from "./toolCalls.ts"

/** The answer, as OpenAI's clients read it. */
export const toCompletion = (
  { id, created }: Head,
  { model, answer, usage }: Generated,
  toolbox = Toolbox.empty
): JsonObject => {
  const head = { id, object: "chat.completion", created, model }
  return asGiven(
    answer,
    head,
    answer.choices.map((choice) => toChoice(choice, toolbox)),
    toUsage(usage)
  )
}

const toChoice = (
  { index, text, refusal, reasoning, toolCalls, finishReason, logprobs }: Choice,
  toolbox: Toolbox.Toolbox
): JsonObject => {
  const isCut = finishReason === "length" || finishReason === "content_filter"
  const last = toolCalls.length - 1
  const isSilent = text === "" && (toolCalls.length > 0 || refusal !== undefined)
  return {
    index,
    message: {
      role: "assistant",
      content: isSilent ? null : text,
      refusal: refusal ?? null,
      ...toReasoning(reasoning),
      ...(toolCalls.length > 0
        ? {
          tool_calls: toolCalls.map((call, at) => toToolCall(call, toolbox, isCut && at === last))
        }
        : {})
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
