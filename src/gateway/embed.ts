/**
 * Texts as vectors, by the same way as answers.
 *
 * @module
 */
import type { Cost } from "../domain/Cost.ts"
import type { EmbeddingRequest, Embeddings } from "../domain/Embedding.ts"
import type { Usage } from "../domain/Usage.ts"
import type { Ask } from "./Ask.ts"

/** A request for vectors, who sends it, and how long it may take. */
export interface EmbedAsk extends Omit<Ask, "request"> {
  readonly request: EmbeddingRequest
}

/** Vectors, who made them, and what that took. */
export interface Embedded {
  /** The id of the model that served it. */
  readonly model: string
  readonly embeddings: Embeddings
  readonly usage: Usage
  /** Absent where the price is unknown. */
  readonly cost: Cost | undefined
}
