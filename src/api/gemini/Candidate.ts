/**
 * What has to be remembered of one candidate while it is streamed.
 *
 * @module
 */
import type { Json, JsonObject } from "../../domain/Completion.ts"
import type { Delta, ToolCallStart } from "../../domain/Delta.ts"
import type { Reasoning, Signature } from "../../domain/Message.ts"
import * as Braces from "../Braces.ts"
import { object } from "../json.ts"
import { callPart, logprobsResult, thoughtPart } from "./parts.ts"

/** A candidate as it is written. */
export interface Candidate {
  /** The part that a delta makes, if it makes one now. */
  readonly part: (delta: Shown) => ReadonlyArray<JsonObject>
  /** How likely the tokens of the next text were, where that is known; told once. */
  readonly logprobs: () => JsonObject
  /** The calls that were not yet shown. */
  readonly rest: () => ReadonlyArray<JsonObject>
}

/** What belongs to a candidate, but for its end. */
export type Shown = Exclude<Delta, { readonly _tag: "Finish" | "Usage" }>

/** A call that was not yet shown. */
interface Call {
  readonly start: ToolCallStart
  readonly braces: Braces.Braces
  text: string
}

/** A candidate of which nothing is written. */
export const make = (showsThoughts: boolean): Candidate => {
  /** Those that were not yet shown, by their index, in their order. */
  const calls = new Map<number, Call>()
  let thought = ""
  let hidden: Array<Reasoning> = []
  let tokens: Array<Json> = []

  /** Ends the block of reasoning that is not shown. */
  const hide = (signature?: Signature): void => {
    if (thought !== "" || signature) hidden.push({ type: "text", text: thought, signature })
    thought = ""
  }

  const show = ({ start, text }: Call): JsonObject => {
    calls.delete(start.index)
    hide()
    const before = hidden
    hidden = []
    return callPart({ ...start, arguments: text }, before)
  }

  /** The calls that are whole, up to the first that is not: to an object nothing can be added. */
  const whole = (): ReadonlyArray<JsonObject> => {
    const shown: Array<JsonObject> = []
    for (const call of calls.values()) {
      if (!call.braces.isWhole()) break
      shown.push(show(call))
    }
    return shown
  }

  const sign = (signature: Signature): ReadonlyArray<JsonObject> => {
    // So does Gemini, where what it signs has gone out already.
    if (signature.dialect === "gemini") return [{ text: "", thoughtSignature: signature.value }]
    if (showsThoughts) return [thoughtPart("", signature)]
    hide(signature)
    return []
  }

  return {
    part: (delta) => {
      switch (delta._tag) {
        case "Text":
        case "Refusal":
          return [{ text: delta.text }]
        case "Reasoning":
          if (showsThoughts) return [thoughtPart(delta.text, undefined)]
          thought += delta.text
          return []
        case "ReasoningSignature":
          return sign(delta.signature)
        case "ReasoningRedacted":
          hide()
          hidden.push({ type: "redacted", data: delta.data })
          return []
        case "Logprobs":
          for (const token of delta.tokens) tokens.push(token)
          return []
        case "Foreign": {
          const part = delta.dialect === "gemini" ? object(delta.part.part) : undefined
          return part ? [...whole(), part] : []
        }
        case "ToolCallStart": {
          const before = whole()
          calls.set(delta.index, { start: delta, braces: Braces.make(), text: "" })
          return before
        }
        case "ToolCallArguments": {
          const call = calls.get(delta.index)
          call?.braces.add(delta.fragment)
          if (call) call.text += delta.fragment
          return []
        }
      }
    },
    logprobs: () => {
      if (tokens.length === 0) return {}
      const told = { logprobsResult: logprobsResult(tokens) }
      tokens = []
      return told
    },
    rest: () => Array.from(calls.values(), show)
  }
}
