/**
 * One choice of an answer, whole or in pieces.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { array, type Fields, object, string } from "../json.ts"
import { readContent, readLogprobs } from "./content.ts"
import { faultOf } from "./fault.ts"
import { brokenReasons, finishReason } from "./finishReason.ts"
import * as ToolCalls from "./toolCalls.ts"

/** Reads one choice of an answer. What comes after its reason to finish is not read. */
export interface ChoiceReader {
  /** Reads a piece of a streamed choice. */
  readonly readPiece: (piece: Fields, out: Array<Delta>) => UpstreamFault | undefined
  /** Reads a whole choice. */
  readonly readWhole: (choice: Fields, out: Array<Delta>) => UpstreamFault | undefined
  /** The answer is known to be whole: finishes a choice that said something but not why it ended. */
  readonly end: (out: Array<Delta>) => void
  readonly isFinished: () => boolean
}

/** Starts to read the choice of that index. */
export const make = (index: number): ChoiceReader => {
  const toolCalls = ToolCalls.make(index)
  let hasPieces = false
  let hasContent = false
  let isFinished = false

  const readMessage = (message: Fields, whole: boolean, out: Array<Delta>) => {
    const before = out.length
    readContent(message, index, out)
    const fault = toolCalls.read(array(message.tool_calls), whole, out)
    hasContent ||= out.length > before || !toolCalls.isEmpty()
    return fault
  }

  const finish = (reason: string | undefined, out: Array<Delta>) => {
    isFinished = true
    toolCalls.finish(out)
    const hasToolCalls = !toolCalls.isEmpty()
    out.push({ _tag: "Finish", choice: index, reason: finishReason(reason, hasToolCalls) })
  }

  const readReason = (choice: Fields, out: Array<Delta>): UpstreamFault | undefined => {
    const reason = string(choice.finish_reason)
    if (choice.error) return faultOf(choice.error)
    if (!reason) return undefined
    const code = brokenReasons.get(reason)
    if (code) return faultOf({ code })
    finish(reason, out)
    return undefined
  }

  return {
    readPiece: (piece, out) => {
      if (isFinished) return undefined
      const delta = object(piece.delta)
      if (delta) hasPieces = true
      // Where pieces came as deltas, a message is their sum: all of it was read before.
      const message = delta ?? (hasPieces ? undefined : object(piece.message))
      readLogprobs(piece.logprobs, index, out)
      const fault = message && readMessage(message, false, out)
      return fault ?? readReason(piece, out)
    },
    readWhole: (choice, out) => {
      if (isFinished) return undefined
      const message = object(choice.message)
      readLogprobs(choice.logprobs, index, out)
      const broken = message && readMessage(message, true, out)
      const fault = broken ?? readReason(choice, out)
      if (fault) return fault
      if (!isFinished && message) finish(undefined, out)
      return undefined
    },
    end: (out) => {
      if (!isFinished && hasContent) finish(undefined, out)
    },
    isFinished: () => isFinished
  }
}
