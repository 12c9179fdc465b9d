/**
 * The body of one answer, as it comes over a line.
 *
 * @module
 */
import type { Framing } from "./Framing.ts"
import { HttpError } from "./HttpError.ts"
import type { HttpResponse, Source } from "./HttpResponse.ts"
import type { Inflow } from "./Inflow.ts"

/** The body of one answer. */
export interface Body {
  /** What its reader has in hands. */
  readonly source: Source
  /** There is more in the inflow. */
  readonly arrived: () => void
  /** Nothing more comes. */
  readonly ended: (cause: unknown) => void
}

/** What is read on unseen behind what matters, in bytes, and for how long, in milliseconds. */
const mostRest = 64 * 1024
const restMs = 1000

/** Who waits for a piece. */
interface Waiting {
  readonly give: (piece: Uint8Array | undefined) => void
  readonly fail: (cause: unknown) => void
}

/**
 * A body out of `inflow`. It is `over` once: when it was read to its end, or when nobody reads it any more
 * and the connection is of no use.
 */
export const make = (
  framing: Framing,
  inflow: Inflow,
  over: (isWhole: boolean) => void
): Body => {
  let phase: "open" | "left" | "over" = "open"
  let waiting: Waiting | undefined
  let rest = 0
  let limit: ReturnType<typeof setTimeout> | undefined

  const finish = (isWhole: boolean): void => {
    if (phase === "over") return
    phase = "over"
    clearTimeout(limit)
    over(isWhole)
  }

  const fail = (error: HttpError): void => {
    const waiter = waiting
    waiting = undefined
    finish(false)
    waiter?.fail(error)
  }

  const give = (piece: Uint8Array | undefined): void => {
    const waiter = waiting
    waiting = undefined
    waiter?.give(piece)
  }

  /** What is there of the body; empty where more has to be read. */
  const next = (): Uint8Array | HttpError => {
    while (inflow.from < inflow.to && !framing.isOver()) {
      const taken = framing.take(inflow.buffer, inflow.from, inflow.to)
      if (taken instanceof HttpError) return taken
      inflow.from = taken.next
      if (taken.body.length > 0) return taken.body
    }
    return nothing
  }

  const deliver = (): void => {
    const piece = next()
    if (piece instanceof HttpError) return fail(piece)
    if (piece.length > 0) return give(piece)
    if (!framing.isOver()) return inflow.read()
    finish(true)
    give(undefined)
  }

  /** Reads on what nobody wants, for as long as it is little. */
  const skip = (): void => {
    for (;;) {
      const piece = next()
      if (piece instanceof HttpError) return finish(false)
      if (piece.length === 0) break
      rest += piece.length
    }
    if (framing.isOver()) return finish(true)
    if (rest > mostRest) return finish(false)
    inflow.read()
  }

  return {
    source: {
      read: (give, fail) => {
        if (phase !== "open") return fail(new HttpError({ why: "cut" }))
        waiting = { give, fail }
        deliver()
      },
      cancel: () => fail(new HttpError({ why: "cut" })),
      leave: () => {
        if (phase !== "open") return
        phase = "left"
        if (framing.endsWithConnection) return finish(false)
        limit = setTimeout(() => finish(false), restMs)
        skip()
      }
    },
    arrived: () => phase === "left" ? skip() : deliver(),
    ended: (cause) => {
      const isWhole = cause === undefined && framing.endsWithConnection
      if (!isWhole) return fail(new HttpError({ why: "cut", cause }))
      finish(false)
      give(undefined)
    }
  }
}

const nothing = new Uint8Array(0)

/** An answer to a head, with what body there is. */
export const respond = (
  { status, headers }: Pick<HttpResponse, "status" | "headers">,
  body: Body | undefined
): HttpResponse => ({
  status,
  ok: status >= 200 && status < 300,
  headers,
  body: body === undefined ? null : body.source
})
