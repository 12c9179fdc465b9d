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
import type { AnswerHeaders, Dialect, EmbeddingDialect } from "../protocol/Dialect.ts"
import { badResponse } from "../protocol/fault.ts"
import { passable } from "../protocol/foreign.ts"
import { parse } from "../protocol/json.ts"
import { retryAfterMs } from "../protocol/retryAfter.ts"
import type { UpstreamResponse } from "./Egress.ts"
import * as WholeBody from "./wholeBody.ts"

/** The largest error that is read, in bytes; it is told in 200 characters anyway. */
const errorLimit = 64 * 1024

/** Why a response is not one of success. */
export const refused = (
  dialect: Dialect,
  response: UpstreamResponse
): Effect.Effect<never, UpstreamFault> =>
  Effect.gen(function* () {
    const { status, headers } = response
    if (status >= 200 && status < 300) {
      return yield* badResponse(`The provider answered ${status} without a body`)
    }
    // A body that breaks leaves the status, which says enough.
    const body = yield* Effect.orElseSucceed(WholeBody.text(response, errorLimit), () => "")
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

/** Reads an answer in one piece, and keeps it as the provider wrote it where it `isShown`. */
export const whole = (
  dialect: Dialect,
  text: string,
  isShown: boolean
): Effect.Effect<Answer, UpstreamFault> => {
  const original = parse(text)
  const deltas = original === undefined ? notJson() : dialect.decode(original)
  return Effect.map(answer(deltas), (answer) => {
    const body = isShown ? passable(original) : undefined
    return body ? { ...answer, original: { dialect: dialect.name, body } } : answer
  })
}

/** Reads the steps of an answer in one piece, for a client that wants it as it is written. */
export const steps = (
  dialect: Dialect,
  text: string
): Effect.Effect<ReadonlyArray<Delta>, UpstreamFault> =>
  Effect.flatMap(
    told(text, dialect.decode),
    // Only a whole answer is one.
    (deltas) => Effect.as(answer(deltas), deltas)
  )

/** Reads the vectors of so many `inputs`; `headers` are those that `text` came with. */
export const vectors = (
  text: string,
  { decode }: EmbeddingDialect,
  inputs: number,
  headers?: AnswerHeaders
): Effect.Effect<Embeddings, UpstreamFault> =>
  Effect.flatMap(
    told(text, (body) => decode(body, headers)),
    (made) => {
      const { vectors: { length } } = made
      const message = `The provider gave ${length} vectors for ${inputs} inputs`
      return length === inputs ? alike(made) : Effect.fail(badResponse(message))
    }
  )

/** `made`, if its vectors have one length: others cannot be compared, which is all they are for. */
export const alike = (made: Embeddings): Effect.Effect<Embeddings, UpstreamFault> => {
  const [first] = made.vectors
  return made.vectors.some(({ length }) => length !== first?.length)
    ? Effect.fail(badResponse("The provider gave vectors of different lengths"))
    : Effect.succeed(made)
}

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
  return body === undefined ? notJson() : decode(body)
}

const notJson = () => badResponse("The provider's answer is not JSON, or was cut")
