/**
 * The chunks of an answer. A whole answer is one chunk, a streamed one is many, and all have the
 * same shape.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import { UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { Usage } from "../../domain/Usage.ts"
import { scrub } from "../fault.ts"
import { array, type Fields, index, object, string } from "../json.ts"
import * as Candidate from "./candidate.ts"
import { faultOf } from "./fault.ts"
import { isSame, isSearched, readUsage } from "./usage.ts"

/** An answer as it is read. */
export interface Chunks {
  /** Reads one chunk and adds what it tells to `out`. A fault ends the answer. */
  readonly read: (chunk: Fields, out: Array<Delta>) => UpstreamFault | undefined
  /** Nothing more comes: adds the end of each choice to `out`, and says whether all had one. */
  readonly finish: (out: Array<Delta>) => boolean
}

/** Starts to read one answer. */
export const make = (): Chunks => {
  const candidates: Array<Candidate.Candidate | undefined> = []
  let usage: Usage | undefined
  let hasSearched = false
  let responseId: string | undefined

  const readCandidate = (value: unknown, out: Array<Delta>): UpstreamFault | undefined => {
    const candidate = object(value)
    if (candidate === undefined) return undefined
    // Gemini leaves out what is 0.
    const choice = index(candidate.index ?? 0)
    if (choice === undefined) return undefined
    return (candidates[choice] ??= Candidate.make(choice)).read(candidate, responseId, out)
  }

  /** Each count is of the answer so far: one that is as before is no news. */
  const readCounts = (metadata: unknown, out: Array<Delta>): void => {
    const read = readUsage(metadata)
    const counted = read && hasSearched ? { ...read, isUnpriceable: true } : read
    if (counted === undefined || usage !== undefined && isSame(usage, counted)) return
    usage = counted
    out.push({ _tag: "Usage", usage })
  }

  const read: Chunks["read"] = (chunk, out) => {
    const error = object(chunk.error)
    if (error) return faultOf(error)
    responseId ??= string(chunk.responseId)
    let fault: UpstreamFault | undefined
    for (const candidate of array(chunk.candidates)) {
      hasSearched ||= isSearched(candidate)
      fault = readCandidate(candidate, out)
      if (fault) break
    }
    // Also what failed was counted.
    readCounts(chunk.usageMetadata, out)
    return fault ?? blocked(chunk)
  }

  const finish: Chunks["finish"] = (out) => {
    let isWhole = candidates.length > 0
    for (const candidate of candidates) {
      if (candidate && !candidate.finish(out)) isWhole = false
    }
    return isWhole
  }

  return { read, finish }
}

/** A prompt that is blocked gets no candidate, only the reason. */
const blocked = (chunk: Fields): UpstreamFault | undefined => {
  const reason = string(object(chunk.promptFeedback)?.blockReason)
  if (!reason || reason === "BLOCKED_REASON_UNSPECIFIED" || array(chunk.candidates).length > 0) {
    return undefined
  }
  return new UpstreamFault({
    class: "filtered",
    message: `The provider's content filter refused the prompt: ${scrub(reason)}`
  })
}
