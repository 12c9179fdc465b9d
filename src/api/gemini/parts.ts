/**
 * Parts of an answer, in Gemini's words.
 *
 * @module
 */
import * as Result from "effect/Result"
import type { Json, JsonObject } from "../../domain/Completion.ts"
import type { FinishReason } from "../../domain/FinishReason.ts"
import type { Reasoning, ToolCall } from "../../domain/Message.ts"
import type { Usage } from "../../domain/Usage.ts"
import { array, number, object, string } from "../json.ts"
import { givenId } from "./callIds.ts"
import * as Signature from "./signature.ts"

/** A block of reasoning that is shown, with the signature of a provider other than Google. */
export const thoughtPart = (text: string, signature: ToolCall["signature"]): JsonObject => ({
  text,
  thought: true,
  thoughtSignature: Signature.show({ signature, reasoning: [] })
})

/** A call, with the reasoning before it that is not shown. */
export const callPart = (call: ToolCall, hidden: ReadonlyArray<Reasoning>): JsonObject => ({
  functionCall: {
    id: givenId(call.id),
    name: call.name,
    // What a model garbled is not ours to mend.
    args: argumentsOf(call.arguments) ??
      (call.arguments.trim() === "" ? {} : { INVALID_JSON: call.arguments })
  },
  thoughtSignature: Signature.show({ signature: call.signature, reasoning: hidden })
})

/** The arguments in `text`; absent while they are not an object. */
export const argumentsOf = (text: string): JsonObject | undefined =>
  object(Result.getOrUndefined(Result.try((): unknown => JSON.parse(text))))

/** Why an answer ended: also one that calls functions just stops. */
export const finishReasons = {
  stop: "STOP",
  length: "MAX_TOKENS",
  tool_calls: "STOP",
  content_filter: "SAFETY"
} as const satisfies Record<FinishReason, string>

/** Tokens as Gemini counts them: thoughts apart from the answer. What is 0 is left out where it may. */
export const usageMetadata = (usage: Usage): JsonObject => {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage
  return {
    promptTokenCount: promptTokens,
    candidatesTokenCount: completionTokens - reasoningTokens,
    totalTokenCount: promptTokens + completionTokens,
    ...(cachedTokens > 0 ? { cachedContentTokenCount: cachedTokens } : {}),
    ...(reasoningTokens > 0 ? { thoughtsTokenCount: reasoningTokens } : {})
  }
}

/** How likely tokens were. */
export const logprobsResult = (tokens: ReadonlyArray<Json>): JsonObject => ({
  chosenCandidates: tokens.map(likelihood),
  topCandidates: tokens.map((token) => ({
    candidates: array(object(token)?.top_logprobs)?.map(likelihood) ?? []
  }))
})

const likelihood = (token: Json): JsonObject => {
  const { token: text, logprob } = object(token) ?? {}
  return { token: string(text) ?? "", logProbability: number(logprob) ?? 0 }
}
