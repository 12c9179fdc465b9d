/**
 * An HTTP/1.1 server of bytes: it reads requests properly and answers whatever it is told to, so
 * that an answer can also be late, cut, reset or nonsense. On `node:net`, since `Deno.listen` cannot
 * send a reset.
 *
 * @module
 */
import net from "node:net"
import tls from "node:tls"
import { certificate } from "./fake/certificate.ts"
import { Incoming } from "./fake/Incoming.ts"

/** A request as it came, its body whole. */
export interface RawRequest {
  readonly method: string
  /** The target as it stood in the request line, query included. */
  readonly path: string
  readonly headers: Headers
  readonly body: Uint8Array
  /** The connection it came on, counted from 1. */
  readonly connection: number
  /** Which request of its connection it is, counted from 1. */
  readonly nthOnConnection: number
}

/** The server's end of one connection. */
export interface Peer {
  /** Sends bytes and waits until the kernel took them. `false` once the connection is over. */
  readonly write: (bytes: Uint8Array | string) => Promise<boolean>
  /** Waits in real time. `false`, and at once, when the connection is over before that. */
  readonly pause: (milliseconds: number) => Promise<boolean>
  /** Ends the connection in order (FIN) after what was written. */
  readonly close: () => void
  /** Breaks the connection (RST): what was written and not yet read may be lost with it. */
  readonly reset: () => void
  /** Resolves when the connection is over, whoever ended it. */
  readonly over: Promise<void>
  /** Whether the client ended the connection, and not we. */
  readonly leftByClient: () => boolean
}

/** How the server meets a connection. */
export interface RawServerOptions {
  /** Speak TLS, with a self-signed certificate for another host. Default: plain TCP. */
  readonly tls?: boolean | undefined
  /** Sent as soon as a connection is made, before any request, as an SSH server would. */
  readonly greeting?: string | undefined
  /** Accept connections and never read: the client waits for as long as it likes. */
  readonly deaf?: boolean | undefined
}

/** A server that is listening on a loopback port of the system's choice. */
export interface RawServer {
  readonly port: number
  /** Connections made so far. */
  readonly opened: () => number
  /** Connections that are open now. */
  readonly active: () => number
  /** Connections that the client ended, in use or idle. */
  readonly closedByPeer: () => number
  /** Breaks every connection, stops listening and waits until all is over. */
  readonly stop: () => Promise<void>
}

/** Starts a server that has `answer` answer each request; while it does, the connection's next request waits. */
export const serve = async (
  options: RawServerOptions,
  answer: (request: RawRequest, peer: Peer) => Promise<void>
): Promise<RawServer> => {
  const work = new Set<Promise<void>>()
  const open = new Set<Peer>()
  let opened = 0
  let closedByPeer = 0

  const meet = (socket: net.Socket) => {
    const connection = ++opened
    const { peer, bytes } = connect(socket, options.deaf === true, () => {
      open.delete(peer)
      if (peer.leftByClient()) closedByPeer++
    })
    open.add(peer)
    const done = converse(connection, peer, bytes, answer).then(() => peer.over)
      .then(() => void work.delete(done))
    work.add(done)
    if (options.greeting !== undefined) peer.write(options.greeting)
  }

  const listener = options.tls
    ? tls.createServer({ ...certificate, allowHalfOpen: false }, meet)
    : net.createServer({ allowHalfOpen: false, noDelay: true }, meet)
  listener.on("tlsClientError", () => {})
  await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening))
  const address = listener.address()
  if (address === null || typeof address === "string") throw new Error("Not a TCP listener")

  return {
    port: address.port,
    opened: () => opened,
    active: () => open.size,
    closedByPeer: () => closedByPeer,
    stop: async () => {
      const closed = new Promise((closed) => listener.close(closed))
      for (const peer of open) peer.reset()
      await Promise.all(work)
      await closed
    }
  }
}

/** The two ends of what a connection is to us: a peer to write to, and the bytes that come in. */
const connect = (
  socket: net.Socket,
  deaf: boolean,
  onOver: () => void
): { peer: Peer; bytes: Incoming } => {
  let ours = false
  let ended = false
  const end = Promise.withResolvers<void>()
  const bytes = new Incoming()
  const finish = () => {
    if (ended) return
    ended = true
    onOver()
    bytes.end()
    end.resolve()
  }
  socket.on("error", () => {})
  socket.on("close", finish)
  socket.on("end", finish)
  if (!deaf) socket.on("data", (piece: Uint8Array) => bytes.push(piece))

  const peer: Peer = {
    write: (piece) =>
      ended ? Promise.resolve(false) : new Promise((resolve) => {
        end.promise.then(() => resolve(false))
        socket.write(piece, (failure) => resolve(!failure && !ended))
      }),
    pause: async (milliseconds) => {
      if (ended) return false
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, milliseconds)
      await Promise.race([promise, end.promise])
      clearTimeout(timer)
      return !ended
    },
    close: () => {
      ours ||= !ended
      socket.destroySoon()
    },
    reset: () => {
      ours ||= !ended
      socket.resetAndDestroy()
    },
    over: end.promise,
    leftByClient: () => !ours
  }
  return { peer, bytes }
}

const converse = async (
  connection: number,
  peer: Peer,
  bytes: Incoming,
  answer: (request: RawRequest, peer: Peer) => Promise<void>
): Promise<void> => {
  for (let nth = 1;; nth++) {
    const head = await bytes.head()
    if (head === undefined) return
    const [requestLine = "", ...lines] = head.split("\r\n")
    const [method = "", path = ""] = requestLine.split(" ")
    const headers = new Headers(lines.map((line): [string, string] => {
      const colon = line.indexOf(":")
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    }))
    const body = await bytes.take(Number(headers.get("content-length") ?? 0))
    if (body === undefined) return
    await answer({ method, path, headers, body, connection, nthOnConnection: nth }, peer)
  }
}
