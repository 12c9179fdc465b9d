/**
 * What one stream has delivered so far, kept so that another call can go on with it.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../domain/Completion.ts"
import type { Delta } from "../../domain/Delta.ts"
import { type ModelSpec, parameterFields } from "../../domain/Model.ts"
import type { How } from "./plan.ts"

/** The most text that is kept, in UTF-16 units; a longer answer cannot be resumed. */
export const mostText = 1_048_576

/** What was delivered so far. */
export interface Transcript {
  /** Takes note of a delta that is delivered, be it of the first call or of one that goes on. */
  readonly add: (delta: Delta) => void
  /** The text of the answer; empty where it cannot be resumed. */
  readonly text: () => string
  /** Whether any model could go on: there is one answer, not too long, of nothing but text and reasoning. */
  readonly isResumable: () => boolean
  /** How `model` can go on with its answer to `request`, best first; absent where it cannot. */
  readonly canResume: (request: CompletionRequest, model: ModelSpec) => How | undefined
}

/** Nothing yet. */
export const make = (): Transcript => {
  let text = ""
  let isResumable = true

  const giveUp = () => {
    isResumable = false
    text = ""
  }

  return {
    add: (delta) => {
      if (!isResumable || delta._tag === "Usage") return
      if (delta.choice !== 0) return giveUp()
      switch (delta._tag) {
        case "Text":
          text += delta.text
          if (text.length > mostText) giveUp()
          return
        case "Refusal":
        case "ToolCallStart":
        case "ToolCallArguments":
        case "Foreign":
          return giveUp()
      }
    },
    text: () => text,
    isResumable: () => isResumable,
    canResume: ({ parameters }, model) => {
      if (!isResumable || (parameters.n ?? 1) > 1) return undefined
      // White space alone is no answer to go on with: Anthropic refuses it as a message.
      if (text.trim() === "") return "scratch"
      if (takesPrefill(model, parameters)) return "prefill"
      // Asked to go on, a model that must answer in JSON begins a new document.
      const format = parameters.responseFormat?.type ?? "text"
      return format === "text" ? "instruction" : undefined
    }
  }
}

/** A model that is to think first cannot have begun to answer. */
const takesPrefill = (model: ModelSpec, parameters: Parameters): boolean => {
  if (!model.prefill) return false
  const effort = parameters.reasoningEffort ?? model.defaultReasoningEffort
  if (model.capabilities.includes("reasoning") && effort !== "none") return false
  const format = parameters.responseFormat?.type === "text" ? undefined : parameters.responseFormat
  const asked = { ...parameters, responseFormat: format }
  return !model.refusedWithPrefill?.some((name) => asked[parameterFields[name]] !== undefined)
}
