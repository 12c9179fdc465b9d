/**
 * Getting an identity provider's keys, once.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { createLocalJWKSet, type JWTVerifyGetKey } from "jose"

/** Why there are no keys: a sentence for the log. */
export class FetchKeysError extends Data.TaggedError("FetchKeysError")<{
  readonly message: string
}> {}

const maxBytes = 512 * 1024

/** The keys at `url`. No redirect is followed, and no more is read than a key set can need. */
export const fetchKeys = Effect.fn("fetchKeys")(
  function* (url: string): Effect.fn.Return<JWTVerifyGetKey, FetchKeysError> {
    const response = yield* Effect.tryPromise({
      try: (signal) =>
        fetch(url, { redirect: "manual", signal, headers: { accept: "application/json" } }),
      catch: (cause) =>
        new FetchKeysError({ message: cause instanceof Error ? cause.message : "no answer" })
    })
    const body = response.body
    if (response.status !== 200 || body === null) {
      if (body) yield* Effect.ignore(Effect.tryPromise(() => body.cancel()))
      const redirect = response.status >= 300 && response.status < 400
      return yield* new FetchKeysError({
        message: `it answered ${response.status}${redirect ? ", a redirect: not followed" : ""}`
      })
    }
    const text = yield* read(body)
    return yield* Effect.try({
      try: () => createLocalJWKSet(JSON.parse(text)),
      catch: () => new FetchKeysError({ message: "its answer is not a JSON Web Key Set" })
    })
  },
  Effect.timeoutOrElse({
    duration: "5 seconds",
    orElse: () => Effect.fail(new FetchKeysError({ message: "it did not answer in 5 seconds" }))
  })
)

const read = (body: ReadableStream<Uint8Array>): Effect.Effect<string, FetchKeysError> => {
  let total = 0
  return Stream.fromReadableStream({
    evaluate: () => body,
    onError: () => new FetchKeysError({ message: "its answer broke off" })
  }).pipe(
    Stream.mapEffect((chunk) => {
      total += chunk.length
      return total > maxBytes
        ? Effect.fail(new FetchKeysError({ message: `its answer is over ${maxBytes} bytes` }))
        : Effect.succeed(chunk)
    }),
    Stream.decodeText(),
    Stream.mkString
  )
}
