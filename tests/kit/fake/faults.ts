/**
 * Scripts that are no answer in any dialect: what networks, proxies and broken servers do.
 *
 * @module
 */
import { complete } from "./Answer.ts"
import type { Script } from "./Script.ts"
import { framing, headOf, send, type Transfer, utf8 } from "./sending.ts"

/** Reads the request and says nothing until the client leaves. */
export const silence: Script = { name: "silence", play: ({ peer }) => peer.over }

/** Ends the connection (FIN) without a byte of an answer. */
export const hangUp: Script = {
  name: "hang up",
  play: ({ peer }) => Promise.resolve(peer.close())
}

/** Breaks the connection (RST) without a byte of an answer. */
export const reset: Script = { name: "reset", play: ({ peer }) => Promise.resolve(peer.reset()) }

/** Sends bytes that need not be HTTP, and ends the connection. */
export const raw = (bytes: string | Uint8Array): Script => ({
  name: "raw bytes",
  play: async ({ peer }) => {
    await peer.write(bytes)
    peer.close()
  }
})

/** What an SSH server says. */
export const sshBanner: Script = raw("SSH-2.0-OpenSSH_9.6p1 Debian-4\r\n")

/** Answers with a status; a string is sent as it stands, any other body as JSON. */
export const status = (
  code: number,
  options: {
    readonly body?: unknown
    readonly headers?: Readonly<Record<string, string>> | undefined
    readonly reason?: string | undefined
    readonly transfer?: Transfer | undefined
  } = {}
): Script => ({
  name: `status ${code}`,
  play: async ({ peer }) => {
    const { body, headers = {}, reason, transfer = "content-length" } = options
    if (body === undefined && (code < 200 || code === 204 || code === 304)) {
      await peer.write(headOf(code, reason, headers))
      return
    }
    const text = typeof body === "string" ? body : JSON.stringify(body ?? {})
    const type = typeof body === "string" ? "text/plain" : "application/json"
    await send(peer, {
      status: code,
      reason,
      headers: { "content-type": type, ...headers },
      pieces: [utf8(text)],
      transfer
    })
  }
})

/** 200 with `body` as JSON, whatever was asked for: an error, `{}`, an answer without choices. */
export const json = (body: unknown): Script => status(200, { body })

/** Changes the protocol to one that nobody asked for, and waits. */
export const switchProtocols: Script = {
  name: "status 101",
  play: async ({ peer }) => {
    await peer.write(headOf(101, "Switching Protocols", { connection: "upgrade", upgrade: "fake" }))
    await peer.over
  }
}

/** A proxy's page where an answer was expected. */
export const page = (code: number): Script =>
  status(code, {
    headers: { "content-type": "text/html" },
    body: `<!DOCTYPE html><html><head><title>${code}</title></head><body>` +
      `<h1>It is not you, it is the proxy</h1></body></html>\n`
  })

/** Sends the client elsewhere. */
export const redirect = (location: string, code = 307): Script =>
  status(code, { headers: { location }, body: "" })

/** The head of a good answer, one byte every `milliseconds` of real time. */
export const drippedHead = (milliseconds: number): Script => ({
  name: "dripped head",
  play: async ({ call, peer, dialect }) => {
    const body = JSON.stringify(dialect.whole(complete({}, call.model), call))
    const length = framing("content-length", utf8(body).length)
    for (const byte of headOf(200, "OK", { "content-type": "application/json", ...length })) {
      if (!await peer.write(byte) || !await peer.pause(milliseconds)) return
    }
    await peer.write(body)
  }
})

/** A head of at least so many bytes. */
export const hugeHead = (bytes = 80 * 1024): Script =>
  status(200, {
    headers: Object.fromEntries(
      Array.from(
        { length: Math.ceil(bytes / 1024) },
        (_, at) => [`x-padding-${at}`, "x".repeat(1024)]
      )
    )
  })

/** A JSON body of so many bytes, sent for as long as the client reads. */
export const hugeBody = (bytes = 40 * 1024 * 1024): Script => ({
  name: `body of ${bytes} bytes`,
  play: async ({ peer }) => {
    const piece = utf8("x".repeat(1024 * 1024))
    await peer.write(headOf(200, "OK", {
      "content-type": "application/json",
      ...framing("content-length", bytes)
    }))
    if (!await peer.write('{"x":"')) return
    let left = bytes - 8
    for (; left > 0; left -= piece.length) {
      if (!await peer.write(piece.subarray(0, Math.min(left, piece.length)))) return
    }
    await peer.write('"}')
  }
})

/** A small gzip body that unpacks to so many bytes, compressed whatever the client accepts. */
export const gzipBomb = (bytes = 64 * 1024 * 1024): Script => ({
  name: `gzip bomb of ${bytes} bytes`,
  play: async ({ peer }) => {
    const piece = utf8("x".repeat(Math.min(bytes, 1024 * 1024)))
    const plain = ReadableStream.from(function* () {
      yield utf8('{"x":"')
      for (let left = bytes - 8; left > 0; left -= piece.length) {
        yield piece.subarray(0, Math.min(left, piece.length))
      }
      yield utf8('"}')
    }())
    await send(peer, zipped(await gzip(plain)))
  }
})

/** A gzip body with bytes flipped in its middle. */
export const corruptGzip: Script = {
  name: "corrupt gzip",
  play: async ({ call, peer, dialect }) => {
    const body = JSON.stringify(dialect.whole(complete({}, call.model), call))
    const bytes = await gzip(ReadableStream.from([utf8(body)]))
    bytes.fill(0xff, 12, Math.ceil(bytes.length / 2))
    await send(peer, zipped(bytes))
  }
}

const gzip = async (plain: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(plain.pipeThrough(new CompressionStream("gzip"))).arrayBuffer())

const zipped = (bytes: Uint8Array) => ({
  status: 200,
  headers: { "content-type": "application/json", "content-encoding": "gzip" },
  pieces: [bytes],
  transfer: "content-length" as const
})
