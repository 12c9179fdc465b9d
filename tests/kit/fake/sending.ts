/**
 * Puts a response on the wire, whole or broken off on purpose.
 *
 * @module
 */
import type { Peer } from "../RawServer.ts"

/** How the end of a body is told. */
export type Transfer = "chunked" | "content-length" | "close-delimited"

/** Where and how a body goes wrong. */
export interface Break {
  /** How many pieces of the body are sent before it. */
  readonly at: number
  /**
   * - `cut`: the connection ends in order (FIN), the body does not
   * - `reset`: the connection breaks (RST)
   * - `stall`: silence, until the client leaves or `until` says to go on
   * - `end`: the body ends properly, too early
   */
  readonly by: "cut" | "reset" | "stall" | "end"
  readonly until?: Promise<unknown> | undefined
}

/** A response to send. */
export interface Reply {
  readonly status: number
  readonly reason?: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** Each is written, and chunked, by itself. */
  readonly pieces: ReadonlyArray<Uint8Array>
  readonly transfer: Transfer
  readonly break?: Break | undefined
  /** Milliseconds of real time between pieces. Default: none. */
  readonly pace?: number | undefined
}

/** The bytes of a text in UTF-8. */
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

/** The head of a response, up to and with its blank line. */
export const headOf = (
  status: number,
  reason: string | undefined,
  headers: Readonly<Record<string, string>>
): string =>
  [
    `HTTP/1.1 ${status} ${reason ?? (status === 200 ? "OK" : "Status")}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "\r\n"
  ].join("\r\n")

/** The headers that tell how the end of a body of `length` bytes is told. */
export const framing = (transfer: Transfer, length: number): Readonly<Record<string, string>> =>
  transfer === "chunked"
    ? { "transfer-encoding": "chunked" }
    : transfer === "content-length"
    ? { "content-length": String(length) }
    : { "connection": "close" }

/** Sends a response; stops where it is told to break, or where the client leaves. */
export const send = async (peer: Peer, reply: Reply): Promise<void> => {
  const { transfer, break: broken } = reply
  const pieces = broken?.by === "end" ? reply.pieces.slice(0, broken.at) : reply.pieces
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  await peer.write(
    headOf(reply.status, reply.reason, { ...framing(transfer, length), ...reply.headers })
  )
  for (let at = 0; at <= pieces.length; at++) {
    if (broken?.at === at && broken.by !== "end" && !await breakOff(peer, broken)) return
    const piece = pieces[at]
    if (piece === undefined) break
    if (at > 0 && reply.pace !== undefined && !await peer.pause(reply.pace)) return
    if (!await peer.write(transfer === "chunked" ? chunk(piece) : piece)) return
    // Lets the client read each piece by itself where chunks do not mark it.
    if (transfer !== "chunked") await new Promise((turn) => setTimeout(turn, 0))
  }
  if (transfer === "chunked") await peer.write("0\r\n\r\n")
  if (transfer === "close-delimited") peer.close()
}

/** Whether to go on after it. */
const breakOff = async (peer: Peer, broken: Break): Promise<boolean> => {
  if (broken.by === "cut") peer.close()
  else if (broken.by === "reset") await drained(peer).then(peer.reset)
  else {
    await Promise.race([peer.over, broken.until ?? new Promise<never>(() => {})])
    return broken.until !== undefined
  }
  return false
}

/** A reset throws away what the client has not read yet: gives it the time to. */
const drained = (peer: Peer): Promise<boolean> => peer.pause(20)

const chunk = (piece: Uint8Array): Uint8Array => {
  const head = utf8(`${piece.length.toString(16)}\r\n`)
  const bytes = new Uint8Array(head.length + piece.length + 2)
  bytes.set(head)
  bytes.set(piece, head.length)
  bytes.set([13, 10], head.length + piece.length)
  return bytes
}
