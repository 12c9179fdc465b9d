/**
 * Texts as vectors.
 *
 * @module
 */
import type { JsonObject } from "./Completion.ts"
import type { DialectName } from "./Message.ts"

/** What a client wants as vectors. */
export interface EmbeddingRequest {
  /** The model as clients name it. */
  readonly model: string
  /** Never empty. Tokens instead of a text are numbers of the model's own vocabulary. */
  readonly inputs: ReadonlyArray<string | ReadonlyArray<number>>
  /** How long the vectors are to be. Default: the model's own length. */
  readonly dimensions?: number | undefined
  /** What the vectors are for; some models make others of a question than of a document. */
  readonly purpose?: EmbeddingPurpose | undefined
  readonly user?: string | undefined
  /** Leave out what the model cannot honour, instead of refusing the request. Default: false. */
  readonly dropUnsupported?: boolean | undefined
  /** Fields of the client's own, passed on to a provider that speaks its dialect. */
  readonly extra?: JsonObject | undefined
  /** The dialect that `extra` is in. */
  readonly dialect?: DialectName | undefined
}

/** What vectors are for. */
export type EmbeddingPurpose = "query" | "document" | "similarity" | "classification" | "clustering"

/** How far a request has come whose inputs are sent one part after the other. */
export interface EmbeddingProgress {
  /** How many inputs were sent. */
  readonly sent: number
  /** How many of them became vectors. */
  readonly answered: number
  /** The tokens of those, as the provider counted; absent where it does not say. */
  readonly promptTokens: number | undefined
}

/** The vectors of all inputs, in their order. */
export interface Embeddings {
  readonly vectors: ReadonlyArray<ReadonlyArray<number>>
  /** Tokens read, as the provider counted; absent where it does not say. */
  readonly promptTokens: number | undefined
}
