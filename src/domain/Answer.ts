/**
 * A whole answer, and how deltas add up to one.
 *
 * @module
 */
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
}

/** One of the answers that a request asked for. */
export interface Choice {
  readonly index: number
  readonly text: string
  readonly reasoning: ReadonlyArray<Reasoning>
  readonly toolCalls: ReadonlyArray<ToolCall>
  readonly finishReason: FinishReason
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
    const { text, reasoning, toolCalls, finishReason } = draft
    choices.push({ index, text, reasoning, toolCalls, finishReason })
  }
  return choices.length === 0 ? undefined : { choices, usage }
}

/** A whole answer as the deltas that add up to it. */
export const toDeltas = ({ choices, usage }: Answer): ReadonlyArray<Delta> => {
  const deltas: Array<Delta> = []
  for (const { index: choice, text, reasoning, toolCalls, finishReason } of choices) {
    for (const block of reasoning) {
      if (block.type === "redacted") {
        deltas.push({ _tag: "ReasoningRedacted", choice, data: block.data })
        continue
      }
      if (block.text !== "") deltas.push({ _tag: "Reasoning", choice, text: block.text })
      const { signature } = block
      if (signature) deltas.push({ _tag: "ReasoningSignature", choice, signature })
    }
    if (text !== "") deltas.push({ _tag: "Text", choice, text })
    toolCalls.forEach(({ id, name, arguments: fragment, signature }, index) => {
      deltas.push({ _tag: "ToolCallStart", choice, index, id, name, signature })
      if (fragment !== "") deltas.push({ _tag: "ToolCallArguments", choice, index, fragment })
    })
    deltas.push({ _tag: "Finish", choice, reason: finishReason })
  }
  if (usage) deltas.push({ _tag: "Usage", usage })
  return deltas
}

const emptyDraft = (): Draft => ({
  text: "",
  thought: "",
  reasoning: [],
  toolCalls: [],
  finishReason: undefined
})

const add = (draft: Draft, delta: Exclude<Delta, { readonly _tag: "Usage" }>): void => {
  switch (delta._tag) {
    case "Text":
      draft.text += delta.text
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
    case "Finish":
      draft.finishReason = delta.reason
  }
}

const closeThought = (draft: Draft, signature: Signature | undefined): void => {
  if (draft.thought === "" && signature === undefined) return
  draft.reasoning.push({ type: "text", text: draft.thought, signature })
  draft.thought = ""
}
