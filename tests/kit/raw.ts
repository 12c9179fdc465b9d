/**
 * HTTP by hand: requests that no client would send, and answers as they stood on the wire.
 *
 * @module
 */
import { Buffer } from "node:buffer"
import * as Effect from "effect/Effect"

/** An answer as it stood on the wire. */
export interface RawResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** The body as it was framed: a text for each chunk, one for a body of known length. */
  readonly chunks: ReadonlyArray<string>
}

/** How a request is written down. All is sent as it stands. */
export interface RawRequestOptions {
  readonly method?: string
  readonly target: string
  /** In this order; no `Host` is added. */
  readonly headers?: ReadonlyArray<readonly [string, string]>
  readonly body?: string | Uint8Array
}

/** The bytes of a request. */
export const write = ({ method = "GET", target, headers = [], body = "" }: RawRequestOptions) => {
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, at]) => `${name}: ${at}`)]
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), Buffer.from(body)])
}

/**
 * Sends bytes to the server at `url` and reads one answer; `undefined` where the server closes
 * without one. `half` ends our side of the connection after them.
 */
export const send = (
  url: string,
  bytes: Uint8Array,
  { half = false }: { readonly half?: boolean } = {}
): Effect.Effect<RawResponse | undefined> =>
  Effect.acquireUseRelease(
    Effect.promise(() => {
      const { hostname, port } = new URL(url)
      return Deno.connect({ hostname, port: Number(port) })
    }),
    (connection) =>
      Effect.promise(async () => {
        const written = writeAll(connection, bytes)
          .then(() => half ? connection.closeWrite() : undefined)
          // A server that has refused a request may not read the rest of it.
          .catch(() => {})
        const response = await read(
          connection,
          Buffer.from(bytes.subarray(0, 5)).toString() === "HEAD "
        )
        await Promise.race([written, new Promise((turn) => setTimeout(turn, 0))])
        return response
      }),
    (connection) => Effect.sync(() => connection.close())
  ).pipe(Effect.timeout("10 seconds"), Effect.orDie)

/** `send` of `write`. */
export const ask = (url: string, request: RawRequestOptions) => send(url, write(request))

const writeAll = async (connection: Deno.Conn, bytes: Uint8Array): Promise<void> => {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at))
}

const read = async (
  connection: Deno.Conn,
  bodiless: boolean
): Promise<RawResponse | undefined> => {
  const buffer = new Uint8Array(64 * 1024)
  let text = Buffer.alloc(0)
  for (;;) {
    const size = await connection.read(buffer).catch(() => null)
    if (size !== null) text = Buffer.concat([text, buffer.subarray(0, size)])
    const response = parse(text, size === null || bodiless)
    if (response || size === null) return response
  }
}

/** The answer in `text`; `undefined` while it is not whole, unless nothing more comes: `ended`. */
const parse = (text: Buffer, ended: boolean): RawResponse | undefined => {
  const end = text.indexOf("\r\n\r\n")
  if (end < 0) return undefined
  const [first = "", ...lines] = text.toString("latin1", 0, end).split("\r\n")
  const headers = new Headers(
    lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(":")),
      line.slice(line.indexOf(":") + 1).trim()
    ])
  )
  const rest = text.subarray(end + 4)
  const head = { status: Number(first.split(" ")[1]), headers }
  const whole = (chunks: ReadonlyArray<string>) => ({ ...head, chunks, body: chunks.join("") })
  if (headers.get("transfer-encoding") === "chunked") {
    const { chunks, last } = unchunk(rest)
    return last || ended ? whole(chunks) : undefined
  }
  const length = Number(headers.get("content-length") ?? (ended ? rest.length : Infinity))
  return rest.length >= length || ended ? whole([rest.toString("utf8")]) : undefined
}

const unchunk = (text: Buffer): { chunks: ReadonlyArray<string>; last: boolean } => {
  const chunks: Array<string> = []
  for (let at = 0;;) {
    const end = text.indexOf("\r\n", at)
    if (end < 0) return { chunks, last: false }
    const size = Number.parseInt(text.toString("latin1", at, end), 16)
    if (size === 0) return { chunks, last: true }
    if (text.length < end + 2 + size + 2) return { chunks, last: false }
    chunks.push(text.toString("utf8", end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
}
