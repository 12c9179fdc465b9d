/**
 * What a provider's response says, in its dialect.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Answer, fold } from "../domain/Answer.ts"
import type { Delta } from "../domain/Delta.ts"
import type { Embeddings } from "../domain/Embedding.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Dialect, EmbeddingDialect } from "../protocol/Dialect.ts"
import { badResponse } from "../protocol/fault.ts"
import { parse } from "../protocol/json.ts"
import { retryAfterMs } from "../protocol/retryAfter.ts"
import * as StreamDecoder from "../protocol/StreamDecoder.ts"
import * as Body from "./body.ts"

/** The largest error that is read, in bytes; it is told in 200 characters anyway. */
const errorLimit = 64 * 1024

/** Why a response is not one of success. */
export const refused = (
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

/** A whole answer, of its deltas. */
export const answer = (
  deltas: ReadonlyArray<Delta> | UpstreamFault
): Effect.Effect<Answer, UpstreamFault> => {
  if (deltas instanceof UpstreamFault) return Effect.fail(deltas)
  const answer = fold(deltas)
  return answer ? Effect.succeed(answer) : Effect.fail(badResponse("The provider gave no answer"))
}

/** Reads an answer in one piece. */
export const whole = (dialect: Dialect, text: string): ReadonlyArray<Delta> | UpstreamFault =>
  read(text, dialect.decode)

/** Reads a stream that came though a whole answer was asked for. */
export const replay = (dialect: Dialect, text: string): ReadonlyArray<Delta> | UpstreamFault => {
  const decoder = StreamDecoder.of(dialect)
  const deltas: Array<Delta> = []
  const state = decoder.feed(new TextEncoder().encode(text), deltas)
  if (state instanceof UpstreamFault) return state
  return decoder.finish(deltas) ?? deltas
}

/** Reads the vectors of so many `inputs`. */
export const vectors = (
  text: string,
  { decode }: EmbeddingDialect,
  inputs: number
): Effect.Effect<Embeddings, UpstreamFault> =>
  Effect.flatMap(
    told(text, decode),
    (made) =>
      made.vectors.length === inputs ? Effect.succeed(made) : Effect.fail(badResponse(
        `The provider gave ${made.vectors.length} vectors for ${inputs} inputs`
      ))
  )

/** Reads what `decode` understands. */
export const told = <A>(
  text: string,
  decode: (body: unknown) => A | UpstreamFault
): Effect.Effect<A, UpstreamFault> => {
  const made = read(text, decode)
  return made instanceof UpstreamFault ? Effect.fail(made) : Effect.succeed(made)
}

/** Its dialect has no words for `what`. */
export const noWords = (what: string): UpstreamFault =>
  new UpstreamFault({
    class: "bad_request",
    message: `The provider cannot be asked for ${what}`
  })

const read = <A>(
  text: string,
  decode: (body: unknown) => A | UpstreamFault
): A | UpstreamFault => {
  const body = parse(text)
  return body === undefined
    ? badResponse("The provider's answer is not JSON, or was cut")
    : decode(body)
}
