/**
 * One of the answers that Gemini writes, which it calls candidates.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import type { FinishReason } from "../../domain/FinishReason.ts"
import type { Signature } from "../../domain/Message.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { badResponse } from "../fault.ts"
import { array, type Fields, object, string } from "../json.ts"
import { finishReason } from "./finishReason.ts"
import { readLogprobs } from "./logprobs.ts"
import { fromArguments } from "./toolArguments.ts"
import { makeId } from "./toolCallId.ts"

/** One candidate as it is read. */
export interface Candidate {
  /** Reads what one chunk of the answer `responseId` tells of it, and adds it to `out`. */
  readonly read: (
    candidate: Fields,
    responseId: string | undefined,
    out: Array<Delta>
  ) => UpstreamFault | undefined
  /** Nothing more comes: adds its end to `out`, and says whether it had one. */
  readonly finish: (out: Array<Delta>) => boolean
}

/** Starts to read the candidate `choice`. */
export const make = (choice: number): Candidate => {
  let calls = 0
  // Held back to the very end: some models say STOP in every chunk, and go on.
  let reason: FinishReason | undefined

  const readCall = (
    call: Fields,
    signature: Signature | undefined,
    responseId: string | undefined,
    out: Array<Delta>
  ): UpstreamFault | undefined => {
    const name = string(call.name)
    const fragment = fromArguments(call.args)
    if (!name) return badResponse("The provider's answer has a tool call without a name")
    if (fragment === undefined) {
      return badResponse("The provider's answer has a tool call that is nested too deep")
    }
    const index = calls++
    const id = string(call.id) || makeId(responseId, choice, index)
    out.push({ _tag: "ToolCallStart", choice, index, id, name, signature })
    out.push({ _tag: "ToolCallArguments", choice, index, fragment })
    return undefined
  }

  const readPart = (
    part: Fields,
    responseId: string | undefined,
    out: Array<Delta>
  ): UpstreamFault | undefined => {
    const text = string(part.text)
    if (text) out.push({ _tag: part.thought === true ? "Reasoning" : "Text", choice, text })
    const value = string(part.thoughtSignature)
    const signature: Signature | undefined = value ? { dialect: "gemini", value } : undefined
    const call = object(part.functionCall)
    if (call) return readCall(call, signature, responseId, out)
    if (signature) out.push({ _tag: "ReasoningSignature", choice, signature })
    return undefined
  }

  const read: Candidate["read"] = (candidate, responseId, out) => {
    const tokens = readLogprobs(candidate.logprobsResult)
    if (tokens.length > 0) out.push({ _tag: "Logprobs", choice, tokens })
    for (const value of array(object(candidate.content)?.parts)) {
      const part = object(value)
      const fault = part && readPart(part, responseId, out)
      if (fault) return fault
    }
    const ended = finishReason(candidate.finishReason)
    if (typeof ended === "object") return ended
    // Nor does it take back that something was cut.
    if (reason === undefined || ended !== "stop") reason = ended ?? reason
    return undefined
  }

  const finish: Candidate["finish"] = (out) => {
    if (reason === undefined) return false
    // Gemini has no reason of its own for tool calls.
    const told = reason === "stop" && calls > 0 ? "tool_calls" : reason
    out.push({ _tag: "Finish", choice, reason: told })
    return true
  }

  return { read, finish }
}
