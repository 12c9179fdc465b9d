/**
 * One request to a provider and its response, in the provider's dialect.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Answer } from "../domain/Answer.ts"
import type { CompletionRequest } from "../domain/Completion.ts"
import type { Delta } from "../domain/Delta.ts"
import type { EmbeddingProgress, EmbeddingRequest, Embeddings } from "../domain/Embedding.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Call, ListedModel, Target } from "../protocol/Dialect.ts"
import { badResponse } from "../protocol/fault.ts"
import { object, parse } from "../protocol/json.ts"
import * as StreamDecoder from "../protocol/StreamDecoder.ts"
import { deltas } from "./body.ts"
import type { Connection } from "./Connection.ts"
import type { Send, UpstreamRequest, UpstreamResponse } from "./Egress.ts"
import { type AskForPart, inParts } from "./inParts.ts"
import { isEventStream, isJson, isPage } from "./mediaType.ts"
import type { ProviderSettings } from "./ProviderSettings.ts"
import * as Reply from "./reply.ts"
import { signedBy } from "./signedBy.ts"
import * as WholeBody from "./wholeBody.ts"
import { isIn, withoutSecrets } from "./withoutKey.ts"

/** The largest answer in one piece that is read, in bytes. */
const answerLimit = 32 * 1024 * 1024
/** The largest list of models, in bytes: ten thousand, with all that is told of each. */
const listLimit = 8 * 1024 * 1024
/** The largest count that is read, in bytes. */
const countLimit = 64 * 1024

/** What a provider can be asked, once its address and key are known. */
export interface Exchange {
  /** Asks for a whole answer. */
  readonly complete: (
    request: CompletionRequest,
    target: Target
  ) => Effect.Effect<Answer, UpstreamFault>
  /** Asks for a streamed answer and has `consume` read it; hangs up when `consume` is done. */
  readonly stream: <A, E, R>(
    request: CompletionRequest,
    target: Target,
    consume: (deltas: Stream.Stream<Delta, UpstreamFault>) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | UpstreamFault, R>
  /**
   * Asks for vectors, of a model by its own name; refused where the dialect has no words for it.
   * `told` hears how far it is, where that takes several calls.
   */
  readonly embed: (
    request: EmbeddingRequest,
    model: string,
    told?: (progress: EmbeddingProgress) => void
  ) => Effect.Effect<Embeddings, UpstreamFault>
  /** Has a prompt counted; refused where the dialect has no words for it. */
  readonly count: (
    request: CompletionRequest,
    target: Target
  ) => Effect.Effect<number, UpstreamFault>
  /** Asks which models it serves, by its own names. */
  readonly models: Effect.Effect<ReadonlyArray<ListedModel>, UpstreamFault>
}

/** The way to talk with a provider over `send`. */
export const make = (settings: ProviderSettings, send: Send): Exchange => {
  const { provider: { dialect }, secrets } = settings
  const connection = connectionOf(settings)
  const { baseUrl, headers: shown, reroute = sameWay } = connection
  const headers = {
    ...shown,
    "content-type": "application/json",
    // A small answer can unpack to any size: what is not packed cannot.
    "accept-encoding": "identity"
  }

  const hidden = () => [...secrets, ...(connection.secrets?.() ?? [])]
  const clean = (fault: UpstreamFault) => withoutSecrets(hidden())(fault)
  /** Some servers repeat what they were sent, even where all is well. */
  const holdsSecret = (text: string) => hidden().some((secret) => isIn(secret, text))
  /** Whether it came in the provider's own dialect: only then is the answer shown as it was written. */
  const isNative = ({ original }: CompletionRequest) => original?.dialect === dialect.name
  const signed = signedBy(connection, send)

  const post = ({ path, body, headers: own }: Call, model: string): UpstreamRequest => ({
    method: "POST",
    url: baseUrl + reroute(path, model),
    headers: own ? { ...own, ...headers } : headers,
    body: JSON.stringify(body)
  })

  /** Sends, and gives a response of success to `use`. The connection is let go of in any case. */
  const exchange = <A, E, R>(
    request: UpstreamRequest,
    use: (response: UpstreamResponse) => Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | UpstreamFault, R> =>
    Effect.suspend(() => {
      const hangUp = new AbortController()
      return signed(request, hangUp.signal).pipe(
        Effect.flatMap((response): Effect.Effect<A, E | UpstreamFault, R> =>
          response.ok && response.body ? use(response) : Reply.refused(dialect, response)
        ),
        Effect.mapError((error) => error instanceof UpstreamFault ? clean(error) : error),
        // An answer that was read to its end has nothing to hang up on, and aborting is not free.
        Effect.onError(() => Effect.sync(() => hangUp.abort(gone)))
      )
    })

  return {
    complete: (request, target) =>
      exchange(
        post(dialect.encode(request, target), target.model),
        (response) =>
          isEventStream(response)
            ? Effect.flatMap(
              WholeBody.replayed(response, answerLimit, StreamDecoder.of(dialect)),
              Reply.answer
            )
            : Effect.flatMap(
              WholeBody.text(response, answerLimit),
              (text) => Reply.whole(dialect, text, isNative(request) && !holdsSecret(text))
            )
      ),

    stream: (request, target, consume) =>
      exchange(post(dialect.encode(request, target), target.model), (response) => {
        if (response.body && !isJson(response) && !isPage(response)) {
          return consume(deltas(response.body, StreamDecoder.of(dialect)))
        }
        // Some servers answer in one piece though a stream was asked for.
        return Effect.flatMap(
          WholeBody.text(response, answerLimit),
          (text) =>
            Effect.flatMap(
              Reply.steps(dialect, text),
              (deltas) => consume(Stream.fromIterable(deltas))
            )
        )
      }),

    embed: (request, model, told) =>
      Effect.suspend(() => {
        const { embeddings } = dialect
        if (embeddings === undefined) return Effect.fail(Reply.noWords("vectors"))
        const parts = embeddings.parts?.(request, model) ?? [request]
        const ask: AskForPart = (part, limit) =>
          exchange(post(embeddings.encode(part, model), model), (response) =>
            Effect.flatMap(WholeBody.text(response, limit), (text) =>
              Reply.vectors(text, embeddings, part.inputs.length, response.headers)))
        return inParts(parts, ask, told)
      }),

    count: (request, target) =>
      Effect.suspend(() => {
        const { counting } = dialect
        if (counting === undefined) return Effect.fail(Reply.noWords("a count"))
        return exchange(
          post(counting.encode(request, target), target.model),
          (response) =>
            Effect.flatMap(WholeBody.text(response, countLimit), (text) =>
              Reply.told(text, counting.decode))
        )
      }),

    models: exchange(
      { method: "GET", url: baseUrl + reroute(dialect.modelsPath, ""), headers },
      (response) =>
        Effect.flatMap(WholeBody.text(response, listLimit), (text) => {
          const body = parse(text)
          return !isList(body) || object(body)?.error
            ? Effect.fail(badResponse("The provider did not answer with a list of models"))
            : Effect.succeed(dialect.readModels(body))
        })
    )
  }
}

/** Whether a body can be a list of models: one that says something else says nothing of them. */
const isList = (body: unknown): boolean => {
  const fields = object(body) ?? {}
  // Of an empty list, Ollama says that there is none.
  return Array.isArray(body) || Object.values(fields).some(Array.isArray) || fields.data === null
}

/** How a provider is reached. */
const connectionOf = (settings: ProviderSettings): Connection => {
  const { apiKey, baseUrl, connection, provider: { authorize } } = settings
  return connection ?? { baseUrl, headers: apiKey ? authorize(apiKey) : {} }
}

const sameWay = (path: string): string => path

/** Why a call is hung up on: said beforehand, or each abort would make an error with its stack. */
const gone = "the call was given up"
