/**
 * What `generateContent` answers.
 *
 * @module
 */
import type { Choice } from "../../domain/Answer.ts"
import type { JsonObject } from "../../domain/Completion.ts"
import type { Reasoning } from "../../domain/Message.ts"
import type { Generated } from "../../gateway/whole.ts"
import { asGiven } from "./asGiven.ts"
import { callPart, finishReasons, logprobsResult, thoughtPart, usageMetadata } from "./parts.ts"

/** A whole answer. Thoughts are told to those only who ask for them, as Gemini does. */
export const toAnswer = (
  id: string,
  { model, answer, usage }: Generated,
  showsThoughts: boolean
): JsonObject => {
  const head = { usageMetadata: usageMetadata(usage), modelVersion: model, responseId: id }
  return asGiven(answer, head, showsThoughts) ?? {
    candidates: answer.choices.map((choice) => ({
      content: { parts: partsOf(choice, showsThoughts), role: "model" },
      finishReason: finishReasons[choice.finishReason],
      index: choice.index,
      ...(choice.logprobs ? { logprobsResult: logprobsResult(choice.logprobs) } : {})
    })),
    ...head
  }
}

const partsOf = (
  { text, refusal = "", reasoning, toolCalls }: Choice,
  showsThoughts: boolean
): ReadonlyArray<JsonObject> => {
  const parts: Array<JsonObject> = []
  const hidden: Array<Reasoning> = []
  let own: string | undefined
  for (const block of reasoning) {
    if (block.type === "redacted") {
      hidden.push(block)
      continue
    }
    const isGemini = block.signature?.dialect === "gemini"
    if (isGemini) own = block.signature?.value
    const foreign = isGemini ? undefined : block.signature
    if (!showsThoughts) hidden.push(block)
    else if (block.text !== "" || foreign) parts.push(thoughtPart(block.text, foreign))
  }
  const said = text + refusal
  // Gemini signs the last of what it says.
  if (said !== "" || own !== undefined) {
    parts.push({ text: said, ...(own === undefined ? {} : { thoughtSignature: own }) })
  }
  toolCalls.forEach((call, index) => parts.push(callPart(call, index === 0 ? hidden : [])))
  return parts.length === 0 ? [{ text: "" }] : parts
}
