/**
 * From the bytes of a request to JSON, each step with its limit.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { type GatewayError, invalidRequest } from "../domain/GatewayError.ts"
import type { BodyWatch } from "./BodyWatch.ts"
import { mostDepth, mostDigits, mostTokens, structureFault } from "./structure.ts"

/** What a body may take. */
export interface BodyLimits {
  /** The most bytes. */
  readonly bytes: number
  /** For how long it may come in. */
  readonly watch: BodyWatch
}

/** The JSON in a request's body. */
export const readBody = (
  request: Request,
  { bytes: limit, watch }: BodyLimits
): Effect.Effect<unknown, GatewayError> => {
  const { headers } = request
  const type = headers.get("content-type")
  if (type === null || !/^application\/json\s*(;|$)/i.test(type)) {
    return Effect.fail(invalidRequest(
      `Expected a body of type application/json, got ${type === null ? "none" : "another"}`,
      { status: 415, kind: "unsupported_media_type" }
    ))
  }
  if (headers.has("content-encoding") && headers.get("content-encoding") !== "identity") {
    return Effect.fail(invalidRequest(
      "A body may not be compressed",
      { status: 415, kind: "unsupported_content_encoding" }
    ))
  }
  const length = headers.get("content-length")
  // A known length is kept to by HTTP itself.
  const bytes = length === null
    ? measured(request, limit, watch)
    : Number(length) > limit
    ? Effect.fail(tooLarge(limit))
    : announced(request, watch)
  return Effect.flatMap(bytes, parse)
}

const tooLarge = (limit: number) =>
  invalidRequest(`The body is larger than ${limit} bytes`, {
    status: 413,
    kind: "request_too_large"
  })

const tooSlow = invalidRequest("The body took too long to come in", {
  status: 408,
  kind: "body_too_slow"
})

const broken = () =>
  invalidRequest("The body ended before it was complete", { kind: "incomplete_body" })

/** Reads a body of a length that is known. */
const announced = (request: Request, watch: BodyWatch): Effect.Effect<Uint8Array, GatewayError> =>
  Effect.callback((resume) => {
    const end = watch.begin(() => resume(Effect.fail(tooSlow)))
    request.bytes().then(
      (bytes) => {
        end()
        resume(Effect.succeed(bytes))
      },
      () => {
        end()
        resume(Effect.fail(broken()))
      }
    )
    return Effect.sync(end)
  })

/** Reads a body of unknown length, and no further than `limit`. */
const measured = (
  request: Request,
  limit: number,
  watch: BodyWatch
): Effect.Effect<Uint8Array, GatewayError> =>
  Effect.callback((resume) => {
    const { body } = request
    if (!body) return resume(Effect.succeed(new Uint8Array()))
    const reader = body.getReader()
    const cancel = () => void reader.cancel().catch(() => {})
    const end = watch.begin(() => {
      cancel()
      resume(Effect.fail(tooSlow))
    })
    const settle = (result: Effect.Effect<Uint8Array, GatewayError>) => {
      end()
      resume(result)
    }
    const pieces: Array<Uint8Array> = []
    let size = 0
    const read = (): void =>
      void reader.read().then(({ done, value }) => {
        if (done) return settle(Effect.succeed(joined(pieces, size)))
        size += value.byteLength
        if (size > limit) {
          cancel()
          return settle(Effect.fail(tooLarge(limit)))
        }
        pieces.push(value)
        read()
      }, () => settle(Effect.fail(broken())))
    read()
    return Effect.sync(() => {
      end()
      cancel()
    })
  })

const joined = (pieces: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}

/** The JSON that `bytes` hold: in UTF-8, with one byte order mark forgiven. */
export const parse = (bytes: Uint8Array): Effect.Effect<unknown, GatewayError> =>
  Effect.suspend(() => {
    const fault = structureFault(bytes)
    if (fault !== undefined) {
      return Effect.fail(invalidRequest(sentences[fault], { kind: fault }))
    }
    return Effect.flatMap(
      Effect.try({
        try: () => utf8.decode(bytes),
        catch: () => invalidRequest("The body is not in UTF-8", { kind: "invalid_utf8" })
      }),
      (text) =>
        Effect.try({
          try: (): unknown => JSON.parse(text),
          catch: (cause) =>
            invalidRequest(
              `The body is not JSON${cause instanceof Error ? place(cause.message) : ""}`,
              { kind: "invalid_json" }
            )
        })
    )
  })

const sentences = {
  json_too_deep: `The body is nested more than ${mostDepth} deep`,
  json_too_complex: `The body has more than ${mostTokens} brackets, commas and colons`,
  invalid_number: `The body has a whole number of more than ${mostDigits} digits`
}

const utf8 = new TextDecoder("utf-8", { fatal: true })

/** Where the parser stopped; what stands there is the client's, and is not repeated. */
const place = (message: string): string => {
  const position = message.match(/position (\d+)/)?.[1]
  return position === undefined ? "" : `: stopped at character ${position}`
}
