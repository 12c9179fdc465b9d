/**
 * One connection to a server, over which one request goes at a time.
 *
 * @module
 */
import * as Body from "./Body.ts"
import { framingOf, keepsConnection } from "./Framing.ts"
import { HttpError, type HttpErrorKind } from "./HttpError.ts"
import type { HttpResponse } from "./HttpResponse.ts"
import * as Inflow from "./Inflow.ts"
import { canBeHead, endOfHead, mostHead, readHead, type ResponseHead } from "./ResponseHead.ts"

/** One connection to a server. */
export interface Line {
  /** Sends a request over a line that is idle, and hears what came of it; gives the way to hang up. */
  readonly ask: (pieces: ReadonlyArray<Uint8Array>, hear: (heard: Heard) => void) => HangUp
  /** Ends the connection. */
  readonly close: () => void
}

/** What came of a request. */
export type Heard =
  | { readonly _tag: "Answered"; readonly response: HttpResponse }
  | {
    readonly _tag: "Failed"
    readonly error: HttpError
    /** Whether the connection ended before a byte of an answer came. */
    readonly isUntouched: boolean
  }

/** Gives a request up: the connection ends, unless its answer was read to the end. */
export type HangUp = () => void

/** Who keeps lines. */
export interface Keeper {
  /** It can be asked again, for so many milliseconds where the server says for how long. */
  readonly idle: (line: Line, keepMs: number | undefined) => void
  /** It was idle, and is no more: the server ended it. */
  readonly lost: (line: Line) => void
}

/** What a line does now. */
type Phase =
  | { readonly _tag: "Idle" }
  /** The head of an answer is waited for. */
  | { readonly _tag: "Head"; readonly hear: (heard: Heard) => void }
  | { readonly _tag: "Body"; readonly body: Body.Body }
  | { readonly _tag: "Closed" }

const idle: Phase = { _tag: "Idle" }
const closed: Phase = { _tag: "Closed" }

/** A line over `socket`, which is its own from now on. */
export const make = (socket: Inflow.Socket, keeper: Keeper): Line => {
  let phase: Phase = idle
  let isWritten = true
  /** What came of the answer at hand before its head was whole, in bytes. */
  let came = 0
  /** Which request this is: who still holds an answer of one before has no part in it. */
  let turn = 0

  const close = (): void => {
    if (phase === closed) return
    phase = closed
    socket.close()
  }

  const refuse = (why: HttpErrorKind, cause?: unknown): void => {
    if (phase._tag !== "Head") return
    const { hear } = phase
    close()
    hear({
      _tag: "Failed",
      error: new HttpError({ why, cause }),
      isUntouched: came === 0
    })
  }

  const got = (fresh: number): void => {
    if (phase._tag === "Head") {
      came += inflow.to - fresh
      takeHead(fresh)
    } else if (phase._tag === "Body") phase.body.arrived()
    // Nobody has asked it anything.
    else if (phase._tag === "Idle") lose()
  }

  const ended = (cause: unknown): void => {
    if (phase._tag === "Head") refuse("reset", cause)
    else if (phase._tag === "Body") phase.body.ended(cause)
    else if (phase._tag === "Idle") lose()
  }

  const lose = (): void => {
    close()
    keeper.lost(line)
  }

  const inflow = Inflow.make(socket, { got, ended })

  /** Takes the head once it is whole; its end is looked for in what is new. */
  const takeHead = (fresh: number): void => {
    const { buffer, from, to } = inflow
    const end = endOfHead(buffer, Math.max(from, fresh - 2), to)
    if (end < 0 && !canBeHead(buffer.subarray(from, to))) return refuse("malformed")
    if (end < 0 && came < mostHead) return inflow.read()
    if (end < 0 || end - from > mostHead) return refuse("head_too_large")
    const head = readHead(buffer.subarray(from, end))
    if (head instanceof HttpError) return refuse(head.why)
    inflow.from = end
    // 1xx only announces what is to come, but for 101: from there on something else is spoken.
    if (head.status >= 200) return answer(head)
    if (head.status === 101) return refuse("malformed")
    takeHead(end)
  }

  const answer = (head: ResponseHead): void => {
    if (phase._tag !== "Head") return
    const { hear } = phase
    const framing = framingOf(head)
    if (framing instanceof HttpError) return refuse(framing.why)
    const keepMs = keepsConnection(head) ? keepAliveMs(head) : 0
    const over = (isWhole: boolean) => isWhole ? rest(keepMs) : close()
    const body = framing && Body.make(framing, inflow, over)
    if (body) phase = { _tag: "Body", body }
    else rest(keepMs)
    hear({ _tag: "Answered", response: Body.respond(head, body) })
  }

  /** The answer was read to its end. What came behind it answers nothing. */
  const rest = (keepMs: number | undefined): void => {
    if (keepMs === 0 || !isWritten || inflow.from < inflow.to) return close()
    phase = idle
    inflow.clear()
    // So that its end is seen before it is asked again.
    inflow.read()
    keeper.idle(line, keepMs)
  }

  const line: Line = {
    close,
    ask: (pieces, hear) => {
      const mine = ++turn
      phase = { _tag: "Head", hear }
      isWritten = false
      came = 0
      // A server may answer and hang up before it has read all: its answer tells, or the end of the line does.
      write(socket, pieces, 0, 0, () => {
        if (mine === turn) isWritten = true
      })
      inflow.read()
      return () => {
        if (mine !== turn) return
        if (phase._tag === "Head") refuse("reset")
        else if (phase._tag === "Body") phase.body.source.cancel()
      }
    }
  }
  return line
}

/** Writes `pieces`, from `at` in the one that is `nth` on. Where that fails, it is never `done`. */
const write = (
  socket: Inflow.Socket,
  pieces: ReadonlyArray<Uint8Array>,
  nth: number,
  at: number,
  done: () => void
): void => {
  const piece = pieces[nth]
  if (piece === undefined) return done()
  socket.write(at === 0 ? piece : piece.subarray(at)).then(
    (count) =>
      at + count < piece.length
        ? write(socket, pieces, nth, at + count, done)
        : write(socket, pieces, nth + 1, 0, done),
    ignore
  )
}

const ignore = (): void => {}

/** How long the server keeps a connection that is idle, in milliseconds, where it says so. */
const keepAliveMs = ({ headers }: ResponseHead): number | undefined => {
  const seconds = /\btimeout=(\d{1,6})\b/i.exec(headers.get("keep-alive") ?? "")?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
