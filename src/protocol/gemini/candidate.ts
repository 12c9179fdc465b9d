/**
 * One of the answers that Gemini writes, which it calls candidates.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { Delta } from "../../domain/Delta.ts"
import type { FinishReason } from "../../domain/FinishReason.ts"
import type { Signature } from "../../domain/Message.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { badResponse } from "../fault.ts"
import { among, besides, passable } from "../foreign.ts"
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
  /** What is told with it that only Gemini's clients understand. */
  let ending: JsonObject | undefined

  /** `part` is one of the content's parts, `candidate` is what stands beside the content. */
  const addForeign = (part: JsonObject | undefined, out: Array<Delta>): void => {
    if (part) out.push({ _tag: "Foreign", choice, dialect: "gemini", part })
  }

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
    if (text === undefined && besides(part, known.part)) {
      // Also its signature belongs to it, and goes back with it alone.
      addForeign(passable({ part }), out)
      return undefined
    }
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
    const beside = besides(candidate, known.candidate)
    addForeign(beside && { candidate: beside }, out)
    const latest = among(candidate, atTheEnd)
    if (latest) ending = { ...ending, ...latest }
    const ended = finishReason(candidate.finishReason)
    if (typeof ended === "object") return ended
    // Nor does it take back that something was cut.
    if (ended === undefined || reason !== undefined && ended === "stop") return undefined
    reason = ended
    if (!plain.has(candidate.finishReason)) {
      ending = { ...ending, finishReason: string(candidate.finishReason) }
    }
    return undefined
  }

  const finish: Candidate["finish"] = (out) => {
    if (reason === undefined) return false
    // Gemini has no reason of its own for tool calls.
    const told = reason === "stop" && calls > 0 ? "tool_calls" : reason
    const end = { _tag: "Finish", choice, reason: told } as const
    out.push(ending ? { ...end, foreign: { dialect: "gemini", part: ending } } : end)
    return true
  }

  return { read, finish }
}

/** What is told anew in every chunk, or once at the end: the latest holds, and is told at the end. */
const atTheEnd = new Set(["safetyRatings", "avgLogprobs", "tokenCount", "finishMessage"])

/** What is read of a part, and of a candidate, or told at its end. */
const known = {
  part: new Set(["text", "thought", "thoughtSignature", "functionCall"]),
  candidate: new Set(["content", "finishReason", "index", "logprobsResult", ...atTheEnd])
}

/** Those that say no more than ours do. */
const plain = new Set<unknown>(["STOP", "MAX_TOKENS", "SAFETY"])
