/**
 * A whole answer, and how deltas add up to one.
 *
 * @module
 */
import type { Json, Original } from "./Completion.ts"
import type { Delta } from "./Delta.ts"
import type { FinishReason } from "./FinishReason.ts"
import type { Reasoning, Signature, ToolCall } from "./Message.ts"
import type { Usage } from "./Usage.ts"

/** A whole answer. */
export interface Answer {
  /** At least one, by index from 0. */
  readonly choices: ReadonlyArray<Choice>
  /** Absent where the provider reported none. */
  readonly usage: Usage | undefined
  /** As the provider itself wrote it, for a client that speaks its dialect. */
  readonly original?: Pick<Original, "dialect" | "body"> | undefined
}

/** One of the answers that a request asked for. */
export interface Choice {
  readonly index: number
  readonly text: string
  readonly reasoning: ReadonlyArray<Reasoning>
  readonly toolCalls: ReadonlyArray<ToolCall>
  readonly finishReason: FinishReason
  /** The sentence by which the model refused to answer; absent where it did not. */
  readonly refusal?: string | undefined
  /** How likely each token was, in OpenAI's words; absent where that was not told. */
  readonly logprobs?: ReadonlyArray<Json> | undefined
  /** The stop text that ended it, where the provider says which. */
  readonly stop?: string | undefined
}

/** What a choice has so far. */
interface Draft {
  text: string
  /** The block of reasoning that is being written. */
  thought: string
  reasoning: Array<Reasoning>
  toolCalls: Array<
    { id: string; name: string; arguments: string; signature: Signature | undefined }
  >
  finishReason: FinishReason | undefined
  refusal: string
  logprobs: Array<Json>
  stop: string | undefined
}

/** Adds up deltas, in order. `undefined` where a choice was not finished: such an answer is not whole. */
export const fold = (deltas: Iterable<Delta>): Answer | undefined => {
  const drafts: Array<Draft> = []
  let usage: Usage | undefined
  for (const delta of deltas) {
    if (delta._tag === "Usage") usage = delta.usage
    else add(drafts[delta.choice] ??= emptyDraft(), delta)
  }
  const choices: Array<Choice> = []
  for (let index = 0; index < drafts.length; index++) {
    const draft = drafts[index]
    if (draft?.finishReason === undefined) return undefined
    closeThought(draft, undefined)
    const { text, reasoning, toolCalls, finishReason, refusal, logprobs, stop } = draft
    choices.push({
      index,
      text,
      reasoning,
      toolCalls,
      finishReason,
      ...(refusal === "" ? {} : { refusal }),
      ...(logprobs.length === 0 ? {} : { logprobs }),
      ...(stop === undefined ? {} : { stop })
    })
  }
  return choices.length === 0 ? undefined : { choices, usage }
}

/** A whole answer as the deltas that add up to it. */
export const toDeltas = ({ choices, usage }: Answer): ReadonlyArray<Delta> => {
  const deltas: Array<Delta> = []
  for (const one of choices) {
    const { index: choice, text, reasoning, toolCalls, finishReason, refusal, logprobs, stop } = one
    for (const block of reasoning) {
      if (block.type === "redacted") {
        deltas.push({ _tag: "ReasoningRedacted", choice, data: block.data })
        continue
      }
      if (block.text !== "") deltas.push({ _tag: "Reasoning", choice, text: block.text })
      const { signature } = block
      if (signature) deltas.push({ _tag: "ReasoningSignature", choice, signature })
    }
    if (logprobs?.length) deltas.push({ _tag: "Logprobs", choice, tokens: logprobs })
    if (text !== "") deltas.push({ _tag: "Text", choice, text })
    if (refusal) deltas.push({ _tag: "Refusal", choice, text: refusal })
    toolCalls.forEach(({ id, name, arguments: fragment, signature }, index) => {
      deltas.push({ _tag: "ToolCallStart", choice, index, id, name, signature })
      if (fragment !== "") deltas.push({ _tag: "ToolCallArguments", choice, index, fragment })
    })
    const finish = { _tag: "Finish", choice, reason: finishReason } as const
    deltas.push(stop === undefined ? finish : { ...finish, stop })
  }
  if (usage) deltas.push({ _tag: "Usage", usage })
  return deltas
}

const emptyDraft = (): Draft => ({
  text: "",
  thought: "",
  reasoning: [],
  toolCalls: [],
  finishReason: undefined,
  refusal: "",
  logprobs: [],
  stop: undefined
})

const add = (draft: Draft, delta: Exclude<Delta, { readonly _tag: "Usage" }>): void => {
  switch (delta._tag) {
    case "Text":
      draft.text += delta.text
      break
    case "Refusal":
      draft.refusal += delta.text
      break
    case "Logprobs":
      for (const token of delta.tokens) draft.logprobs.push(token)
      break
    case "Reasoning":
      draft.thought += delta.text
      break
    case "ReasoningSignature":
      closeThought(draft, delta.signature)
      break
    case "ReasoningRedacted":
      closeThought(draft, undefined)
      draft.reasoning.push({ type: "redacted", data: delta.data })
      break
    case "ToolCallStart": {
      const { id, name, signature } = delta
      draft.toolCalls[delta.index] = { id, name, arguments: "", signature }
      break
    }
    case "ToolCallArguments": {
      const call = draft.toolCalls[delta.index]
      if (call) call.arguments += delta.fragment
      break
    }
    // It is told by the original, where there is one.
    case "Foreign":
      break
    case "Finish":
      draft.finishReason = delta.reason
      draft.stop = delta.stop
  }
}

const closeThought = (draft: Draft, signature: Signature | undefined): void => {
  if (draft.thought === "" && signature === undefined) return
  draft.reasoning.push({ type: "text", text: draft.thought, signature })
  draft.thought = ""
}
