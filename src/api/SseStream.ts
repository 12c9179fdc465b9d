/**
 * A client that is answered with server-sent events, whichever surface writes them.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { Buffer } from "node:buffer"
import type { Client } from "../gateway/Client.ts"
import type { Events } from "./Surface.ts"

/** How much may wait for a slow reader before the provider is held back, in bytes. */
const mostQueued = 64 * 1024

/** A client that is answered with server-sent events, and what it takes to answer it. */
export interface SseStream {
  readonly client: Client
  /** Whether it was opened. */
  readonly isOpen: () => boolean
}

/** How a client is answered. */
export interface Answerer {
  /** Called when it is opened. */
  readonly respond: (response: Response) => void
  /** Called when it goes away before the end. */
  readonly leave: () => void
  /** Headers of the answer, as they are when it is opened. */
  readonly headers: () => Readonly<Record<string, string>>
}

/** A client to whom `events` are written, one delta's a write. */
export const make = (events: Events, { respond, leave, headers }: Answerer): SseStream => {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let over = false
  let opened = false
  let wake: (() => void) | undefined

  const body = () =>
    new ReadableStream<Uint8Array>({
      start: (its) => {
        controller = its
      },
      pull: () => {
        wake?.()
        wake = undefined
      },
      cancel: () => {
        over = true
        // Whoever reads on for the provider's count must not wait for a client that is gone.
        wake?.()
        leave()
      }
    }, { highWaterMark: mostQueued, size: ({ byteLength }) => byteLength })

  const send = (text: string): void => {
    if (!over && text !== "") controller?.enqueue(Buffer.from(text))
  }
  const end = (): void => {
    if (!over) controller?.close()
    over = true
  }

  return {
    isOpen: () => opened,
    client: {
      open: (start) => {
        opened = true
        const { contentType = streamHeaders["content-type"] } = events
        respond(
          new Response(body(), {
            headers: { ...streamHeaders, "content-type": contentType, ...headers() }
          })
        )
        send(events.open(start))
      },
      write: (deltas) => {
        for (const delta of deltas) send(events.delta(delta))
        return over || (controller?.desiredSize ?? 1) > 0
      },
      room: Effect.callback((resume) => {
        if (over || (controller?.desiredSize ?? 1) > 0) return resume(Effect.void)
        wake = () => resume(Effect.void)
      }),
      keepAlive: () => send(events.keepAlive),
      finish: (ending) => {
        for (const text of events.finish(ending)) send(text)
        end()
      },
      fail: (error) => {
        send(events.fail(error))
        end()
      }
    }
  }
}

const streamHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  "x-accel-buffering": "no"
}

/** An event of unnamed data: `json` on one line. */
export const dataEvent = (json: string): string => `data: ${onOneLine(json)}\n\n`

/** An event with a name. */
export const namedEvent = (name: string, json: string): string =>
  `event: ${name}\ndata: ${onOneLine(json)}\n\n`

/** Clients that split at every kind of line end would break an event in two at these. */
const lineEnds = /[\u0085\u2028\u2029]/g

const onOneLine = (json: string): string =>
  json.replace(lineEnds, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`)

/** A comment: it says nothing but that the answer goes on. */
export const keepAliveComment = ": keep-alive\n\n"

/** The answer is whole, as clients of OpenAI's surface and of ours read it. */
export const done = "data: [DONE]\n\n"
