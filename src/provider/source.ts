/**
 * Bodies, however they come: over a connection of our own, by `fetch`, or from within this process.
 *
 * @module
 */
import * as Result from "effect/Result"
import type { HttpResponse, Source } from "../http/HttpResponse.ts"

/** A body that is still to be read. */
export type Unread = NonNullable<HttpResponse["body"]>

/** The size of the one buffer that a body is read through, in bytes. */
const bufferSize = 8192

/**
 * Reads through one buffer again and again: a default reader allocates 64 KiB for each read, which
 * is half the cost of a streamed event. Bodies that are not byte streams are read the plain way.
 */
export const open = (body: Unread): Source => {
  if ("read" in body) return body
  const byob = Result.try(() => body.getReader({ mode: "byob" }))
  if (Result.isFailure(byob)) {
    const reader = body.getReader()
    return {
      read: (give, fail) => void reader.read().then(({ value }) => give(value), fail),
      cancel: () => void reader.cancel().catch(ignore)
    }
  }
  const reader = byob.success
  let buffer = new ArrayBuffer(bufferSize)
  return {
    read: (give, fail) =>
      void reader.read(new Uint8Array(buffer)).then(({ done, value }) => {
        if (done || value === undefined) return give(undefined)
        buffer = value.buffer
        give(value)
      }, fail),
    cancel: () => void reader.cancel().catch(ignore)
  }
}

/** A body that broke before it was given up is over all the same. */
const ignore = (): void => {}

/** Gives up a body that nobody reads. */
export const cancel = ({ body }: HttpResponse): void => {
  if (body) open(body).cancel()
}
