/**
 * Reads a streamed answer.
 *
 * @module
 */
import type { EventReader } from "../Dialect.ts"
import { object, parse } from "../json.ts"
import * as Chunks from "./chunks.ts"

/** Starts to read one streamed answer. It has no terminator: only the end of the bytes ends it. */
export const reader = (): EventReader => {
  const chunks = Chunks.make()
  return {
    read: (_event, data, out) => {
      const json = parse(data)
      // Errors come in an array of one now and then.
      for (const value of Array.isArray(json) ? json : [json]) {
        const chunk = object(value)
        if (chunk === undefined) return "malformed"
        const fault = chunks.read(chunk, out)
        if (fault) return fault
      }
      return "more"
    },
    finish: chunks.finish
  }
}
