/**
 * A whole answer in Gemini's words.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { badResponse } from "../fault.ts"
import { object } from "../json.ts"
import * as Chunks from "./chunks.ts"

/** Reads a whole answer, given as parsed JSON: one chunk, or an array of them. */
export const decode = (body: unknown): ReadonlyArray<Delta> | UpstreamFault => {
  const chunks = Chunks.make()
  const out: Array<Delta> = []
  for (const value of Array.isArray(body) ? body : [body]) {
    const chunk = object(value)
    if (chunk === undefined) return badResponse("The provider's answer is not an object")
    const fault = chunks.read(chunk, out)
    if (fault) return fault
  }
  return chunks.finish(out) ? out : badResponse("The provider's answer is not whole")
}
