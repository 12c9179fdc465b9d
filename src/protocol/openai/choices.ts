/**
 * The choices of an answer.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { array, index as toIndex, object } from "../json.ts"
import * as Choice from "./choice.ts"

/** Reads the choices of one answer. */
export interface ChoicesReader {
  /** Reads what stands in the `choices` of a whole answer, or of one chunk. */
  readonly read: (
    choices: unknown,
    kind: "readPiece" | "readWhole",
    out: Array<Delta>
  ) => UpstreamFault | undefined
  /** The answer is known to be whole: finishes what may be finished. */
  readonly end: (out: Array<Delta>) => void
  /** Whether there is a choice, and each has its reason to finish. */
  readonly areFinished: () => boolean
}

/** Starts to read the choices of one answer. */
export const make = (): ChoicesReader => {
  const readers: Array<Choice.ChoiceReader | undefined> = []
  return {
    read: (choices, kind, out) => {
      const items = array(choices)
      for (let at = 0; at < items.length; at++) {
        const choice = object(items[at])
        if (choice === undefined) continue
        const index = toIndex(choice.index) ?? at
        const reader = readers[index] ??= Choice.make(index)
        const fault = reader[kind](choice, out)
        if (fault) return fault
      }
      return undefined
    },
    end: (out) => {
      for (const reader of readers) reader?.end(out)
    },
    areFinished: () => {
      for (let at = 0; at < readers.length; at++) {
        if (!readers[at]?.isFinished()) return false
      }
      return readers.length > 0
    }
  }
}
