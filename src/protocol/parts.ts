/**
 * Requests for vectors that are too large for one call.
 *
 * @module
 */
import type { JsonObject } from "../domain/Completion.ts"
import type { EmbeddingRequest } from "../domain/Embedding.ts"
import type { Unsupported } from "./Dialect.ts"

/** What fits into one call. A text that is too long by itself goes alone. */
export interface PartSize {
  readonly texts: number
  /** How many characters they may have together. Default: any number. */
  readonly characters?: number | undefined
}

/** The most calls that are made for one request. */
export const mostParts = 100

/** `request` in parts that fit into one call each, in the order of its inputs. */
export const partsOf = (
  request: EmbeddingRequest,
  { texts, characters = Infinity }: PartSize
): ReadonlyArray<EmbeddingRequest> => {
  const { inputs } = request
  const starts: Array<number> = []
  let room = 0
  let left = 0
  inputs.forEach(({ length }, at) => {
    if (at === 0 || room === 0 || length > left) {
      starts.push(at)
      room = texts
      left = characters
    }
    room--
    left -= length
  })
  return starts.length < 2 ? [request] : starts.map((from, at) => {
    const until = starts[at + 1]
    const extra = ownOf(request, from, until)
    return { ...request, inputs: inputs.slice(from, until), extra }
  })
}

/** That `parts` are too many, if they are. */
export const tooMany = (
  { length }: ReadonlyArray<EmbeddingRequest>
): ReadonlyArray<Unsupported> =>
  length <= mostParts ? [] : [{
    path: ["inputs"],
    message: `They would take ${length} calls, and no more than ${mostParts} are made: send fewer`
  }]

/** A client of Gemini's says of each text by itself what there is beside it. */
const ownOf = (
  { dialect, extra }: EmbeddingRequest,
  from: number,
  until: number | undefined
): JsonObject | undefined => {
  const requests = dialect === "gemini" ? extra?.requests : undefined
  return Array.isArray(requests) ? { ...extra, requests: requests.slice(from, until) } : extra
}
