/**
 * The fault matrix: what becomes of each upstream fault of `FAULTS.md`, as a client sees it.
 *
 * @module
 */
import { type DialectName, dialectNames } from "../../src/domain/Message.ts"
import { answerRows } from "./answerRows.ts"
import { networkRows } from "./networkRows.ts"
import { refusalRows } from "./refusalRows.ts"
import type { Row } from "./Row.ts"
import { streamRows } from "./streamRows.ts"

/** All of them. */
export const table: ReadonlyArray<Row> = [
  ...networkRows,
  ...refusalRows,
  ...answerRows,
  ...streamRows
]

/** Something of the catalogue that is in no row, and why. */
export interface Omission {
  readonly id: Row["id"]
  readonly part: string
  readonly why: string
}

/** The dialects, as they are called in the words of a page. */
const names: Record<DialectName, string> = {
  openai: "OpenAI",
  anthropic: "Anthropic",
  gemini: "Gemini",
  bedrock: "Bedrock",
  cohere: "Cohere"
}

/** What cannot be said in some dialect. */
const unsaid = table.flatMap(({ id, what, without = {} }): ReadonlyArray<Omission> =>
  dialectNames.flatMap((dialect) => {
    const why = without[dialect]
    return why === undefined ? [] : [{ id, part: `${what}: in ${names[dialect]}'s dialect`, why }]
  })
)

/** What of the catalogue's upstream faults is in no row, and why. */
export const leftOut: ReadonlyArray<Omission> = [
  {
    id: "U3",
    part: "a certificate that is expired, or of another host",
    why: "it would have to be signed by an authority that the machine trusts"
  },
  ...unsaid
]
