/**
 * One request to a provider and its response, in the provider's dialect.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Answer, fold, toDeltas } from "../domain/Answer.ts"
import type { CompletionRequest } from "../domain/Completion.ts"
import type { Delta } from "../domain/Delta.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Dialect, ListedModel, Target } from "../protocol/Dialect.ts"
import { badResponse } from "../protocol/fault.ts"
import { object, parse } from "../protocol/json.ts"
import { retryAfterMs } from "../protocol/retryAfter.ts"
import * as StreamDecoder from "../protocol/StreamDecoder.ts"
import * as Body from "./body.ts"
import type { Connection } from "./Connection.ts"
import type { Send, UpstreamRequest } from "./Egress.ts"
import type { ProviderSettings } from "./ProviderSettings.ts"
import { withoutSecrets } from "./withoutKey.ts"

/** The largest answer in one piece that is read, in bytes. */
const answerLimit = 32 * 1024 * 1024
/** The largest error that is read, in bytes; it is told in 200 characters anyway. */
const errorLimit = 64 * 1024

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
  /** Asks which models it serves, by its own names. */
  readonly models: Effect.Effect<ReadonlyArray<ListedModel>, UpstreamFault>
}

/** The way to talk with a provider over `send`. */
export const make = (settings: ProviderSettings, send: Send): Exchange => {
  const { provider: { dialect }, secrets } = settings
  const { baseUrl, headers: shown, reroute = sameWay, sign } = connectionOf(settings)
  const headers = {
    ...shown,
    "content-type": "application/json",
    // A small answer can unpack to any size: what is not packed cannot.
    "accept-encoding": "identity"
  }

  const clean = withoutSecrets(secrets)
  const signed: Send = sign
    ? (request, signal) => Effect.flatMap(sign(request, send, signal), (it) => send(it, signal))
    : send

  const post = (request: CompletionRequest, target: Target): UpstreamRequest => {
    const { path, body, headers: own } = dialect.encode(request, target)
    return {
      method: "POST",
      url: baseUrl + reroute(path, target.model),
      headers: own ? { ...own, ...headers } : headers,
      body: JSON.stringify(body)
    }
  }

  /** Sends, and gives a response of success to `use`. The connection is let go of in any case. */
  const exchange = <A, E, R>(
    request: UpstreamRequest,
    use: (response: Response) => Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | UpstreamFault, R> =>
    Effect.suspend(() => {
      const hangUp = new AbortController()
      return signed(request, hangUp.signal).pipe(
        Effect.flatMap((response): Effect.Effect<A, E | UpstreamFault, R> =>
          response.ok && response.body ? use(response) : refused(dialect, response)
        ),
        Effect.mapError((error) => error instanceof UpstreamFault ? clean(error) : error),
        // An answer that was read to its end has nothing to hang up on, and aborting is not free.
        Effect.onError(() => Effect.sync(() => hangUp.abort(gone)))
      )
    })

  return {
    complete: (request, target) =>
      exchange(
        post(request, target),
        (response) =>
          Effect.flatMap(Body.text(response, answerLimit), (text) =>
            settle(isEventStream(response) ? replay(dialect, text) : whole(dialect, text)))
      ),

    stream: (request, target, consume) =>
      exchange(post(request, target), (response) => {
        if (response.body && !isJson(response) && !isPage(response)) {
          return consume(Body.deltas(response.body, StreamDecoder.of(dialect)))
        }
        // Some servers answer in one piece though a stream was asked for.
        return Effect.flatMap(Body.text(response, answerLimit), (text) =>
          Effect.flatMap(settle(whole(dialect, text)), (answer) =>
            consume(Stream.fromIterable(toDeltas(answer)))))
      }),

    models: exchange(
      { method: "GET", url: baseUrl + reroute(dialect.modelsPath, ""), headers },
      (response) =>
        Effect.flatMap(Body.text(response, answerLimit), (text) => {
          const body = parse(text)
          return body === undefined || object(body)?.error
            ? Effect.fail(badResponse("The provider did not answer with a list of models"))
            : Effect.succeed(dialect.readModels(body))
        })
    )
  }
}

/** How a provider is reached. */
const connectionOf = (settings: ProviderSettings): Connection => {
  const { apiKey, baseUrl, connection, provider: { authorize } } = settings
  return connection ?? { baseUrl, headers: apiKey ? authorize(apiKey) : {} }
}

const sameWay = (path: string): string => path

/** Why a call is hung up on: said beforehand, or each abort would make an error with its stack. */
const gone = "the call was given up"

const contentType = (response: Response): string => response.headers.get("content-type") ?? ""
const isEventStream = (response: Response) => contentType(response).startsWith("text/event-stream")
const isJson = (response: Response) => contentType(response).startsWith("application/json")
const isPage = (response: Response) => contentType(response).startsWith("text/html")

/** Why a response is not one of success. */
const refused = (
  dialect: Dialect,
  response: Response
): Effect.Effect<never, UpstreamFault> =>
  Effect.gen(function* () {
    const { status, headers } = response
    if (status >= 200 && status < 300) {
      return yield* badResponse(`The provider answered ${status} without a body`)
    }
    // A body that breaks leaves the status, which says enough.
    const body = yield* Effect.orElseSucceed(Body.text(response, errorLimit), () => "")
    const fault = dialect.fault(status, headers, body)
    const now = yield* Clock.currentTimeMillis
    return yield* new UpstreamFault({
      ...fault,
      class: fault.class,
      message: fault.message,
      status,
      retryAfterMs: fault.retryAfterMs ?? retryAfterMs(headers, now)
    })
  })

const settle = (
  deltas: ReadonlyArray<Delta> | UpstreamFault
): Effect.Effect<Answer, UpstreamFault> => {
  if (deltas instanceof UpstreamFault) return Effect.fail(deltas)
  const answer = fold(deltas)
  return answer ? Effect.succeed(answer) : Effect.fail(badResponse("The provider gave no answer"))
}

const whole = (dialect: Dialect, text: string): ReadonlyArray<Delta> | UpstreamFault => {
  const body = parse(text)
  return body === undefined
    ? badResponse("The provider's answer is not JSON, or was cut")
    : dialect.decode(body)
}

/** Reads a stream that came though a whole answer was asked for. */
const replay = (dialect: Dialect, text: string): ReadonlyArray<Delta> | UpstreamFault => {
  const decoder = StreamDecoder.of(dialect)
  const deltas: Array<Delta> = []
  const state = decoder.feed(new TextEncoder().encode(text), deltas)
  if (state instanceof UpstreamFault) return state
  return decoder.finish(deltas) ?? deltas
}
