/**
 * A client of `/generate/stream`.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { Buffer } from "node:buffer"
import type { Delta } from "../../domain/Delta.ts"
import type { Client } from "../../gateway/Client.ts"
import type { Told } from "../../gateway/Ask.ts"
import { toldHeaders } from "../respond.ts"
import * as Events from "./events.ts"

/** How much may wait for a slow reader before the provider is held back, in bytes. */
const mostQueued = 64 * 1024

/** A client of `/generate/stream`, and what it takes to answer it. */
export interface NativeStream {
  readonly client: Client
  /** Whether it was opened. */
  readonly isOpen: () => boolean
}

/**
 * A client that is answered with server-sent events, one event a write. `respond` is called when it
 * is opened; `leave` when it goes away before the end.
 */
export const make = (
  id: string,
  told: Told,
  respond: (response: Response) => void,
  leave: () => void
): NativeStream => {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let over = false
  let opened = false
  let wake: (() => void) | undefined
  /** The block of reasoning that each choice is at. */
  const thoughts = new Map<number, string>()

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
      open: () => {
        opened = true
        respond(
          new Response(body(), {
            headers: { ...headers, "x-request-id": id, ...toldHeaders(told) }
          })
        )
      },
      write: (deltas) => {
        for (const delta of deltas) send(Events.ofDelta(id, delta, thoughtOf(thoughts, delta)))
        return over || (controller?.desiredSize ?? 1) > 0
      },
      room: Effect.callback((resume) => {
        if (over || (controller?.desiredSize ?? 1) > 0) return resume(Effect.void)
        wake = () => resume(Effect.void)
      }),
      keepAlive: () => send(Events.keepAlive),
      finish: (ending) => {
        send(Events.ofEnding(id, ending))
        send(Events.done)
        end()
      },
      fail: (error) => {
        send(Events.ofError(id, error))
        end()
      }
    }
  }
}

/** The block of reasoning that `delta` adds to or signs. */
const thoughtOf = (thoughts: Map<number, string>, delta: Delta): string => {
  if (delta._tag === "Reasoning") {
    thoughts.set(delta.choice, (thoughts.get(delta.choice) ?? "") + delta.text)
  } else if (delta._tag === "ReasoningRedacted") thoughts.delete(delta.choice)
  else if (delta._tag === "ReasoningSignature") {
    const thought = thoughts.get(delta.choice) ?? ""
    thoughts.delete(delta.choice)
    return thought
  }
  return ""
}

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  "x-accel-buffering": "no"
}
