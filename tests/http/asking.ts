/**
 * The HTTP client against servers on real sockets: asking it, and reading what it gives. With the
 * variable `secureFolder` all of it is over TLS, with the certificate in that folder.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { HttpClient } from "../../src/http/HttpClient.ts"
import { HttpError } from "../../src/http/HttpError.ts"
import type { HttpResponse, Source } from "../../src/http/HttpResponse.ts"
import { liveTest } from "../kit/effect.ts"
import { certificate } from "../kit/fake/certificate.ts"
import { utf8 } from "../kit/replay.ts"
import { type Peer, type RawRequest, type RawServerOptions, serve } from "../kit/RawServer.ts"

/** Names the folder with a certificate that this process was told to trust. */
export const secureFolder = "HTTP_TESTS_SECURE_FOLDER"

const folder = Deno.env.get(secureFolder)
/** Whether all is over TLS. */
export const isSecure = folder !== undefined
if (folder !== undefined) {
  // The server's own is one that nobody trusts.
  certificate.key = Deno.readTextFileSync(`${folder}/key.pem`)
  certificate.cert = Deno.readTextFileSync(`${folder}/cert.pem`)
}

/** The task has Deno look for what a test leaves open; these it does, however they are run. */
export const sealed = { sanitizeOps: true, sanitizeResources: true }

/** A test on real sockets and real time that leaves no socket, no timer and nothing under way. */
export const socketTest = <E>(
  name: string,
  body: () => Effect.Effect<void, E, Scope.Scope>,
  options: Pick<Deno.TestDefinition, "ignore"> = {}
): void => liveTest(name, body, { ...options, ...sealed })

/** A server for as long as the scope is open. */
export const serving = (
  answer: (request: RawRequest, peer: Peer) => unknown,
  options: RawServerOptions = {}
) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      serve({ tls: isSecure, ...options }, async (request, peer) => {
        await answer(request, peer)
      })
    ),
    (server) => Effect.promise(server.stop)
  )

/** What is asked for. */
export interface Asked {
  readonly path?: string
  /** With one it is a POST. */
  readonly body?: string
  readonly signal?: AbortSignal
}

/** Where a server on `port` is. */
export const urlOf = (port: number, path = "/") =>
  `${isSecure ? "https" : "http"}://127.0.0.1:${port}${path}`

/** Asks a server; gives the head of its answer. */
export const send = (
  client: HttpClient,
  { port }: { readonly port: number },
  { path = "/", body, signal = new AbortController().signal }: Asked = {}
): Effect.Effect<HttpResponse, HttpError> => {
  const method = body === undefined ? "GET" : "POST"
  return inTime(client.send({ method, url: urlOf(port, path), headers: {}, body }, signal))
}

/** A body that our own client gave. */
export interface OwnSource extends Source {
  readonly leave: () => void
}

/** The body of an answer that our own client gave. */
export const sourceOf = ({ body }: HttpResponse): OwnSource => {
  if (body === null || !("read" in body) || body.leave === undefined) throw new Error("No body")
  return { read: body.read, cancel: body.cancel, leave: body.leave }
}

/** A copy of the next piece of a body; `undefined` at its end. */
export const piece = (source: Source): Effect.Effect<Uint8Array | undefined, HttpError> =>
  inTime(Effect.callback((resume) =>
    source.read(
      (piece) => resume(Effect.succeed(piece?.slice())),
      (cause) => resume(cause instanceof HttpError ? Effect.fail(cause) : Effect.die(cause))
    )
  ))

/** All of a body. */
export const bytesOf = Effect.fnUntraced(function* (response: HttpResponse) {
  const pieces: Array<Uint8Array<ArrayBuffer>> = []
  if (response.body !== null) {
    const source = sourceOf(response)
    for (let next = yield* piece(source); next; next = yield* piece(source)) {
      pieces.push(new Uint8Array(next))
    }
  }
  return new Uint8Array(yield* Effect.promise(() => new Blob(pieces).arrayBuffer()))
})

/** All of a body, as text. */
export const textOf = (response: HttpResponse) =>
  Effect.map(bytesOf(response), (bytes) => new TextDecoder().decode(bytes))

/** Asks, and reads the answer to its end. */
export const ask = (client: HttpClient, server: { readonly port: number }, asked?: Asked) =>
  Effect.flatMap(send(client, server, asked), textOf)

/** What fails of asking, within two seconds. */
export const failing = <A>(asking: Effect.Effect<A, HttpError>) =>
  Effect.map(Effect.flip(asking), ({ why }) => why).pipe(
    Effect.timeout("2 seconds"),
    Effect.orDie
  )

/** Waits, for five seconds at most, until something holds; on real time, whatever the clock. */
export const until = (what: string, holds: () => boolean): Effect.Effect<void> =>
  Effect.promise(async () => {
    const start = performance.now()
    while (!holds()) {
      if (performance.now() - start > 5000) throw new Error(`It never held: ${what}`)
      await pause(1)
    }
  })

/** Dies where it takes ten seconds of real time, whatever the clock: what is asked here is there at once. */
const inTime = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.raceFirst(
    effect,
    Effect.callback<never>((resume) => {
      const late = setTimeout(() => resume(Effect.die(new Error("It never came"))), 10_000)
      return Effect.sync(() => clearTimeout(late))
    })
  )

/** Real time that passes. */
export const pause = (ms: number) => new Promise<void>((over) => setTimeout(over, ms))

/** An answer of known length. */
export const plain = (text: string, ...headers: ReadonlyArray<string>) =>
  `HTTP/1.1 200 OK\r\n${headers.map((header) => `${header}\r\n`).join("")}` +
  `content-length: ${lengthOf(text)}\r\n\r\n${text}`

const lengthOf = (text: string) => utf8(text).length

/** The head of an answer in chunks. */
export const chunkedHead = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
/** One chunk. */
export const chunk = (text: string) => `${lengthOf(text).toString(16)}\r\n${text}\r\n`
/** The last chunk. */
export const lastChunk = "0\r\n\r\n"
/** An answer in chunks. */
export const chunked = (...texts: ReadonlyArray<string>) =>
  chunkedHead + texts.map(chunk).join("") + lastChunk
