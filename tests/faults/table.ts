/**
 * The fault matrix: what becomes of each upstream fault of `FAULTS.md`, as a client sees it.
 *
 * @module
 */
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

/** What of the catalogue's U1 to U41 is in no row, and why. */
export const leftOut: ReadonlyArray<{
  readonly id: Row["id"]
  readonly part: string
  readonly why: string
}> = [
  {
    id: "U3",
    part: "a certificate that is expired, or of another host",
    why: "it would have to be signed by an authority that the machine trusts"
  },
  {
    id: "U18",
    part: "Bedrock's 429 and 503",
    why: "Bedrock's dialect is not spoken yet"
  },
  {
    id: "U29",
    part: "a head between 64 KiB and the 400 KiB that the runtime reads at most",
    why: "measuring every head costs more than such a head, which goes nowhere"
  }
]
