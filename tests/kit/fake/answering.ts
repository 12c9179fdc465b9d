/**
 * Scripts that answer in the call's own dialect, well or with one thing wrong.
 *
 * @module
 */
import { type Answer, complete, type FullAnswer } from "./Answer.ts"
import type { FailureDetail, FailureKind, FakeEvent } from "./FakeDialect.ts"
import { frame, type Framing } from "./framing.ts"
import type { Script, Stage } from "./Script.ts"
import { type Break, send, type Transfer, utf8 } from "./sending.ts"

/** An answer, and what the wire does with it. */
export interface AnswerOptions extends Answer {
  /** What goes wrong. Default: nothing. */
  readonly breaks?: StreamBreak | undefined
  /** Whether the dialect's terminator is sent: `[DONE]`, `message_stop`. Default: it is. */
  readonly terminator?: boolean | undefined
  /** Answer as `json` or as `stream` whatever was asked for. Default: as asked. */
  readonly shape?: "json" | "stream" | undefined
  readonly framing?: Framing | undefined
  /** Cut the body into pieces of so many bytes. Default: one event a piece. */
  readonly split?: number | undefined
  /** Default: `chunked` for a stream, else `content-length`. */
  readonly transfer?: Transfer | undefined
  /** Milliseconds of real time between pieces. Default: none. */
  readonly pace?: number | undefined
  /** Added to the response's. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/**
 * What goes wrong in an answer, after how many pieces of content. A body that is not streamed breaks
 * in its middle.
 */
export type StreamBreak =
  | { readonly after: number; readonly by: Break["by"]; readonly until?: Promise<unknown> }
  /** An error of the dialect as an event; the body ends after it. */
  | { readonly after: number; readonly by: "error"; readonly kind?: FailureKind }
  /** Events that are not JSON, `times` of them (default: 1); the answer goes on after them. */
  | { readonly after: number; readonly by: "garbage"; readonly times?: number }
  /** A bit of the next event is flipped on its way. */
  | { readonly after: number; readonly by: "corruption" }

/** Answers the call; without options, with a short greeting. */
export const answer = (options: AnswerOptions = {}): Script => ({
  name: `answer ${JSON.stringify(options).slice(0, 120)}`,
  play: (stage) => {
    const full = complete(options, stage.call.model)
    const streamed = options.shape === undefined ? stage.call.stream : options.shape === "stream"
    return streamed ? stream(stage, full, options) : whole(stage, full, options)
  }
})

/** Fails the call as the dialect's provider would, status and body; `headers` are added. */
export const fail = (
  kind: FailureKind,
  detail: FailureDetail & { readonly headers?: Readonly<Record<string, string>> } = {}
): Script => ({
  name: `fail ${kind}`,
  play: ({ call, peer, dialect }) => {
    const { status, headers, body } = dialect.failure(kind, detail)
    const streamed = status === 200 && call.stream
    const text = streamed ? frame({ kind: "error", data: body }, true, {}) : JSON.stringify(body)
    return send(peer, {
      status,
      headers: {
        "content-type": streamed ? sse : "application/json",
        ...headers,
        ...detail.headers
      },
      pieces: [utf8(text)],
      transfer: "content-length"
    })
  }
})

const sse = "text/event-stream; charset=utf-8"

const whole = ({ call, peer, dialect }: Stage, full: FullAnswer, options: AnswerOptions) => {
  const bytes = utf8(JSON.stringify(dialect.whole(full, call)))
  const pieces = cut(bytes, options.split ?? Math.ceil(bytes.length / 2))
  const { breaks } = options
  const broken = breaks === undefined || isSaid(breaks)
    ? undefined
    : { at: Math.ceil(pieces.length / 2), by: breaks.by, until: breaks.until }
  return send(peer, {
    status: 200,
    headers: { "content-type": "application/json", ...options.headers },
    pieces,
    transfer: options.transfer ?? "content-length",
    break: broken,
    pace: options.pace
  })
}

const stream = ({ call, peer, dialect }: Stage, full: FullAnswer, options: AnswerOptions) => {
  const { breaks, split, terminator = true } = options
  const all = dialect.events(full, call).filter(({ kind }) => terminator || kind !== "terminator")
  const at = breaks === undefined ? all.length : breakPoint(all, breaks.after)
  const before = all.slice(0, at)
  const after = all.slice(at)
  if (breaks?.by === "error") {
    after.splice(0, after.length, dialect.errorEvent(breaks.kind ?? "overloaded", {}))
  }
  if (breaks?.by === "garbage") {
    after.unshift(
      ...Array<FakeEvent>(breaks.times ?? 1).fill({ kind: "error", data: '{"broken": ' })
    )
  }
  // Gemini streams one JSON array, not events, to whoever forgets to ask for `alt=sse`.
  const array = call.dialect === "gemini" && !call.path.includes("alt=sse")
  const write = (events: ReadonlyArray<FakeEvent>, from: number) =>
    events.map((event, at) => {
      if (dialect.binary) return dialect.binary.frame(event)
      const text = array
        ? (from + at === 0 ? "[" : ",\r\n") + JSON.stringify(event.data) +
          (from + at === all.length - 1 ? "]" : "")
        : frame(event, from + at === 0, options.framing ?? {})
      return utf8(text)
    })
  const recut = (pieces: ReadonlyArray<Uint8Array<ArrayBuffer>>) =>
    split === undefined ? pieces : cut(concat(pieces), split)
  const head = recut(write(before, 0))
  const rest = write(after, at)
  if (breaks?.by === "corruption") rest.splice(0, 1, ...rest.slice(0, 1).map(withFlippedBit))
  return send(peer, {
    status: 200,
    headers: {
      "content-type": dialect.binary?.contentType ?? (array ? "application/json" : sse),
      ...options.headers
    },
    pieces: [...head, ...recut(rest)],
    transfer: options.transfer ?? "chunked",
    break: breaks === undefined || isSaid(breaks)
      ? undefined
      : { at: head.length, by: breaks.by, until: breaks.until },
    pace: options.pace
  })
}

/** Whether what goes wrong is in the bytes, and not in how they are sent. */
const isSaid = (
  breaks: StreamBreak
): breaks is Extract<StreamBreak, { readonly by: "error" | "garbage" | "corruption" }> =>
  breaks.by === "error" || breaks.by === "garbage" || breaks.by === "corruption"

const withFlippedBit = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  bytes.map((byte, at) => at === bytes.length >> 1 ? byte ^ 1 : byte)

/** The place in `events` after so many of content. After none: after the preamble. */
const breakPoint = (events: ReadonlyArray<FakeEvent>, content: number): number => {
  let seen = 0
  const next = events.findIndex(({ kind }) => kind === "content" && seen++ === content)
  if (next >= 0) return next
  const finish = events.findIndex(({ kind }) => kind === "finish")
  return finish >= 0 ? finish : events.length
}

const cut = (bytes: Uint8Array, size: number): ReadonlyArray<Uint8Array> => {
  const pieces = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
  return pieces
}

const concat = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
