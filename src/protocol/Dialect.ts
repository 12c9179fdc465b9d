/**
 * How to talk to a family of providers.
 *
 * @module
 */
import type { CompletionRequest, JsonObject } from "../domain/Completion.ts"
import type { Delta } from "../domain/Delta.ts"
import type { EmbeddingRequest, Embeddings } from "../domain/Embedding.ts"
import type { DialectName } from "../domain/Message.ts"
import type { Capability, ModelSpec } from "../domain/Model.ts"
import type { UpstreamFault } from "../domain/UpstreamFault.ts"

/**
 * A wire dialect: a pure translation between the domain and one HTTP API. It knows no address and
 * no key, so every provider that speaks it shares it. It performs no I/O, reads no clock and never
 * throws, whatever a provider sends.
 */
export interface Dialect {
  readonly name: DialectName
  /** What `request` asks for and this dialect has no words for; empty where it can say it all. */
  readonly unsupported: (request: CompletionRequest) => ReadonlyArray<Unsupported>
  /** The call that asks for `request`; what is unsupported is left out. */
  readonly encode: (request: CompletionRequest, target: Target) => Call
  /** Reads a whole answer, given as parsed JSON. */
  readonly decode: (body: unknown) => ReadonlyArray<Delta> | UpstreamFault
  /** Starts to read one streamed answer. */
  readonly reader: () => EventReader
  /** How the events of a stream are framed. Default: as server-sent events. */
  readonly framing?: Framing | undefined
  /** What an answer with a status other than 2xx means; `body` may be anything. */
  readonly fault: (status: number, headers: AnswerHeaders, body: string) => UpstreamFault
  /** Where the provider lists its models, below the base URL. */
  readonly modelsPath: `/${string}`
  /** The models in such a list, each once. */
  readonly readModels: (body: unknown) => ReadonlyArray<ListedModel>
  /** How to ask for vectors; absent where there is no way. */
  readonly embeddings?: EmbeddingDialect | undefined
  /** How to have a prompt counted; absent where there is no way. */
  readonly counting?: CountingDialect | undefined
}

/** How the events of a stream are framed: server-sent events, or Amazon's binary messages. */
export type Framing = "sse" | "eventstream"

/**
 * What a provider's list tells of a model; `id` is the provider's own name for it. `capabilities` are
 * those that it is told to have: of those that are in neither list nothing is told.
 */
export type ListedModel = Pick<ModelSpec, "id"> & Partial<Omit<ModelSpec, "id">> & {
  /** The capabilities that it is told not to have. Default: none is told. */
  readonly lacks?: ReadonlyArray<Capability> | undefined
}

/** How to ask for vectors. As pure as the rest. */
export interface EmbeddingDialect {
  /** What `request` asks for and there are no words for with `model`, by the provider's own name. */
  readonly unsupported: (request: EmbeddingRequest, model: string) => ReadonlyArray<Unsupported>
  /** What `request` is asked for in, one call after the other. Default: all of it in one. */
  readonly parts?:
    | ((request: EmbeddingRequest, model: string) => ReadonlyArray<EmbeddingRequest>)
    | undefined
  readonly encode: (request: EmbeddingRequest, model: string) => Call
  /** Reads an answer; `headers` are those that it came with. */
  readonly decode: (body: unknown, headers?: AnswerHeaders) => Embeddings | UpstreamFault
}

/** How to have a prompt counted without an answer. As pure as the rest. */
export interface CountingDialect {
  readonly encode: (request: CompletionRequest, target: Target) => Call
  /** The tokens of the prompt. */
  readonly decode: (body: unknown) => number | UpstreamFault
}

/** Which model to call, and how it wants to be called. */
export interface Target {
  /** The provider's own name for the model. */
  readonly model: string
  /** The most tokens that the model writes, where known. */
  readonly maxOutputTokens?: number | undefined
  readonly stream: boolean
}

/** The headers of an answer, by their names in lower case. */
export interface AnswerHeaders extends Iterable<readonly [name: string, value: string]> {
  readonly get: (name: string) => string | null
}

/** A request to a provider: `POST` of `body` as JSON to `path` below its base URL. */
export interface Call {
  readonly path: `/${string}`
  readonly body: JsonObject
  /** What the request says beside its body, such as `anthropic-beta`. Default: nothing. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** A part of a request that cannot be said. */
export interface Unsupported {
  /** Where it stands in a native request, such as `["parameters", "seed"]`. */
  readonly path: ReadonlyArray<string | number>
  /** Why, in one sentence. */
  readonly message: string
}

/**
 * Reads the events of one streamed answer. It holds what has to be remembered from event to event,
 * and is driven synchronously: no allocation per event but the deltas.
 */
export interface EventReader {
  /**
   * Reads one event and adds what it tells to `out`. A fault ends the answer. `"end"` says that the
   * answer is over by the dialect's own terminator: what follows it is not read. `"malformed"` says
   * that the event is not JSON: the caller forgives a few.
   */
  readonly read: (event: string, data: string, out: Array<Delta>) => Reading
  /**
   * The bytes are over. Adds what was held back to `out`, and says whether the answer was whole:
   * either the terminator came, or each choice had its reason to finish.
   */
  readonly finish: (out: Array<Delta>) => boolean
}

/** What one event meant for the answer as a whole. */
export type Reading = "more" | "end" | "malformed" | UpstreamFault
