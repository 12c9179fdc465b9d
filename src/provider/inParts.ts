/**
 * Vectors that take more than one call.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { EmbeddingProgress, EmbeddingRequest, Embeddings } from "../domain/Embedding.ts"
import type { UpstreamFault } from "../domain/UpstreamFault.ts"
import { alike } from "./reply.ts"

/** The most that is read for all vectors: thousands of them, with thousands of numbers each. */
const vectorsLimit = 128 * 1024 * 1024

/** Asks for the vectors of one part; its answer may have so many bytes. */
export type AskForPart = (
  part: EmbeddingRequest,
  limit: number
) => Effect.Effect<Embeddings, UpstreamFault>

/**
 * The vectors of all `parts`, which are asked for one after the other: all of them, or a fault.
 * `told` hears how far it is before each call and after it.
 */
export const inParts = Effect.fnUntraced(function* (
  parts: ReadonlyArray<EmbeddingRequest>,
  ask: AskForPart,
  told: (progress: EmbeddingProgress) => void = nobody
): Effect.fn.Return<Embeddings, UpstreamFault> {
  const limit = Math.floor(vectorsLimit / parts.length)
  const vectors: Array<ReadonlyArray<number>> = []
  let sent = 0
  let promptTokens: number | undefined = 0
  for (const part of parts) {
    sent += part.inputs.length
    told({ sent, answered: vectors.length, promptTokens })
    const made: Embeddings = yield* ask(part, limit)
    for (const vector of made.vectors) vectors.push(vector)
    // A sum of some of them would pass for that of all.
    promptTokens = promptTokens === undefined || made.promptTokens === undefined
      ? undefined
      : promptTokens + made.promptTokens
    told({ sent, answered: vectors.length, promptTokens })
  }
  return yield* alike({ vectors, promptTokens })
})

const nobody = () => {}
