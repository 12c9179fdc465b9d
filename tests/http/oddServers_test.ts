import { assert, assertEquals, assertLess } from "@std/assert"
import * as Effect from "effect/Effect"
import * as HttpClient from "../../src/http/HttpClient.ts"
import type { Peer, RawRequest } from "../kit/RawServer.ts"
import { split, utf8 } from "../kit/replay.ts"
import {
  ask,
  bytesOf,
  chunk,
  chunked,
  chunkedHead,
  failing,
  lastChunk,
  type OwnSource,
  pause,
  piece,
  plain,
  send,
  serving,
  socketTest,
  sourceOf,
  until
} from "./asking.ts"

const connectMs = 3000

const ok = "HTTP/1.1 200 OK\r\n"
/** What is said in place of a head, and what it is to us. The server keeps the connection open behind it. */
const nonsense = {
  "101": ["HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n", "malformed"],
  "101 behind 100": [
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n",
    "malformed"
  ],
  "SSH": ["SSH-2.0-OpenSSH_9.9", "malformed"],
  "one wrong byte": ["h", "malformed"],
  "TLS": ["\x15\x03\x01\x00\x02\x02\x16", "malformed"],
  "an empty line before the head": [`\r\n${plain("hi")}`, "malformed"],
  "HTTP/2": ["HTTP/2.0 200 OK\r\n\r\n", "malformed"],
  "HTTP/1.2": ["HTTP/1.2 200 OK\r\n\r\n", "malformed"],
  "no status": ["HTTP/1.1 OK\r\n\r\n", "malformed"],
  "a status of two digits": ["HTTP/1.1 99 OK\r\n\r\n", "malformed"],
  "no such length": [`${ok}content-length: -1\r\n\r\n`, "malformed"],
  "two lengths": [`${ok}content-length: 2\r\ncontent-length: 3\r\n\r\n`, "malformed"],
  "a header without a name": [`${ok}: 2\r\n\r\n`, "malformed"],
  "a header with a blank behind its name": [`${ok}content-length : 2\r\n\r\n`, "malformed"],
  "a header that goes on": [`${ok}a: b\r\n c\r\n\r\n`, "malformed"],
  "a coding that was not asked for": [`${ok}transfer-encoding: gzip, chunked\r\n\r\n`, "malformed"],
  "a head that is too large": [`${ok}a: ${"x".repeat(65_536)}\r\n\r\n`, "head_too_large"]
} as const

for (const [what, [bytes, why]] of Object.entries(nonsense)) {
  socketTest(
    `${what} is no answer: it is told at once, and the connection is over`,
    () =>
      Effect.gen(function* () {
        let asked = 0
        const server = yield* serving(({ path }, peer) => {
          asked++
          // A connection that is used again is asked no more often for that.
          return peer.write(path === "/well" ? plain("hi") : bytes)
        })
        const client = yield* HttpClient.make({ connectMs })
        for (const nth of [1, 2]) {
          assertEquals(yield* ask(client, server, { path: "/well" }), "hi")
          assertEquals(yield* failing(ask(client, server, { body: "{}" })), why)
          yield* until("the connection is over", () => server.active() === 0)
          assertEquals([client.idle(), server.opened(), asked], [0, nth, 2 * nth])
        }
      })
  )
}

for (const greeting of ["SSH-2.0-OpenSSH_9.9\r\n", "220 smtp.example ESMTP\r\n", "\0"]) {
  socketTest(
    `who says ${JSON.stringify(greeting)} before it is asked speaks no HTTP`,
    () =>
      Effect.gen(function* () {
        const server = yield* serving(() => {}, { greeting, deaf: true })
        const client = yield* HttpClient.make({ connectMs })
        assertEquals(yield* failing(ask(client, server)), "malformed")
      })
  )
}

const endless: Readonly<Record<string, readonly [string, string]>> = {
  "early words": ["", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"],
  "early words of a byte less than a power of two": ["", "HTTP/1.1 100 Continue\r\na: 67\r\n\r\n"],
  "headers": [ok, "x-more: and more\r\n"],
  "one header": [`${ok}a: `, "x".repeat(1000)],
  "reasons": ["HTTP/1.1 200 ", "O".repeat(1000)]
}
for (const [what, [first, next]] of Object.entries(endless)) {
  socketTest(`${what} without end are read up to 64 KiB`, () =>
    Effect.gen(function* () {
      let sent = 0
      const server = yield* serving(async (_, peer) => {
        if (first !== "") await peer.write(first)
        // In segments of one each, and in larger ones.
        for (let times = 1; await peer.write(next.repeat(times)); times = times % 20 + 1) {
          sent += next.length * times
          await pause(0)
        }
      })
      const client = yield* HttpClient.make({ connectMs })
      assertEquals(yield* failing(ask(client, server)), "head_too_large")
      yield* until("the connection is over", () => server.active() === 0)
      assert(sent > 50_000, `${sent}`)
    }))
}

socketTest("a head of nearly 64 KiB is read", () =>
  Effect.gen(function* () {
    const long = "x".repeat(65_000)
    const server = yield* serving((_, peer) => peer.write(plain("hi", `a: ${long}`)))
    const client = yield* HttpClient.make({ connectMs })
    for (let nth = 0; nth < 3; nth++) {
      const response = yield* send(client, server)
      assertEquals(response.headers.get("a"), long)
      assertEquals(new TextDecoder().decode(yield* bytesOf(response)), "hi")
    }
    assertEquals(server.opened(), 1)
  }))

/** Ways in which a connection ends. */
const endings: Readonly<Record<string, (peer: Peer) => void>> = {
  "an end": (peer) => peer.close(),
  "a break": (peer) => peer.reset()
}

/** A server that says `bytes`, and ends the connection once the client has read the head, if it is one. */
const breaking = (bytes: string, end: (peer: Peer) => void) =>
  Effect.gen(function* () {
    let asked = 0
    const isHeard = Promise.withResolvers<void>()
    const server = yield* serving(async (_, peer) => {
      asked++
      await peer.write(bytes)
      // A reset may overtake what was written.
      if (/^HTTP\/1.1 2[^]*\r\n\r\n/.test(bytes)) await isHeard.promise
      end(peer)
    })
    const client = yield* HttpClient.make({ connectMs })
    const why = yield* failing(Effect.flatMap(send(client, server), (response) => {
      isHeard.resolve()
      return bytesOf(response)
    }))
    assertEquals([asked, server.opened(), client.idle()], [1, 1, 0])
    return why
  })

const broken = {
  "in a status line": ["HTTP/1.1 20", "reset"],
  "in a head": [`${ok}content-le`, "reset"],
  "between early words and the head": ["HTTP/1.1 100 Continue\r\n\r\n", "reset"],
  "in a body of known length": [`${ok}content-length: 9\r\n\r\nhi`, "cut"],
  "in a chunk": [`${chunkedHead}9\r\nhi`, "cut"],
  "between two chunks": [chunkedHead + chunk("hi"), "cut"],
  "in the last chunk": [`${chunkedHead + chunk("hi")}0\r\n`, "cut"],
  "in trailers": [`${chunkedHead + chunk("hi")}0\r\nx-sum: 1\r\n`, "cut"]
} as const
for (const [how, end] of Object.entries(endings)) {
  for (const [where, [bytes, why]] of Object.entries(broken)) {
    socketTest(
      `${how} ${where} is told, and nothing is asked again`,
      () =>
        Effect.gen(function* () {
          assertEquals(yield* breaking(bytes, end), why)
        })
    )
  }
}

socketTest(
  "a break in an answer that goes on until the connection ends is no end",
  () =>
    Effect.gen(function* () {
      assertEquals(yield* breaking(`${ok}\r\nhi`, (peer) => peer.reset()), "cut")
    })
)

const badChunks = ["x\r\n", "-1\r\n", "\r\n", "2\r\nhiho", "fffffffffffff\r\n", "1;\r\r\nab"]
for (const bad of badChunks) {
  socketTest(
    `a body that says ${JSON.stringify(bad)} for a chunk breaks off there`,
    () =>
      Effect.gen(function* () {
        const server = yield* serving((_, peer) => peer.write(chunkedHead + chunk("well") + bad))
        const client = yield* HttpClient.make({ connectMs })
        const source = sourceOf(yield* send(client, server))
        assertEquals(yield* failing(reading(source)), "malformed")
        // It is over, and says so to whoever reads on.
        assertEquals(yield* failing(piece(source)), "cut")
        source.cancel()
        source.leave()
        yield* until("the connection is over", () => server.active() === 0)
        assertEquals(client.idle(), 0)
      })
  )
}

const reading = (source: OwnSource) =>
  Effect.gen(function* () {
    let size = 0
    for (let next = yield* piece(source); next; next = yield* piece(source)) size += next.length
    return size
  })

socketTest("an answer that drips is read as one that comes at once", () =>
  Effect.gen(function* () {
    const hints = "HTTP/1.1 103 Early Hints\r\n\r\n"
    const server = yield* serving(async ({ path }, peer) => {
      const bytes = utf8(hints + (path === "/chunks" ? chunked("天, a", "b") : plain("天, ab")))
      for (const byte of split(bytes, 1)) {
        await peer.write(byte)
        // Each goes out in a segment of its own.
        await pause(0)
      }
    })
    const client = yield* HttpClient.make({ connectMs })
    for (const path of ["/length", "/chunks", "/length"]) {
      assertEquals(yield* ask(client, server, { path }), "天, ab")
    }
    assertEquals(server.opened(), 1)
  }))

const size = 5_000_000
/** Bytes that say where each is. */
const pattern = (size: number) => {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at++) bytes[at] = (at * 31 + (at >> 8) * 17 + (at >> 16)) & 255
  return bytes
}
const isSame = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, at) => byte === b[at])

const framings: Readonly<Record<string, (peer: Peer, bytes: Uint8Array) => Promise<unknown>>> = {
  "of known length": async (peer, bytes) => {
    await peer.write(`${ok}content-length: ${bytes.length}\r\n\r\n`)
    await peer.write(bytes)
  },
  "in large chunks": async (peer, bytes) => {
    await peer.write(chunkedHead)
    for (const part of split(bytes, 77_777)) {
      await peer.write(`${part.length.toString(16)}\r\n`)
      await peer.write(part)
      await peer.write("\r\n")
    }
    await peer.write(lastChunk)
  },
  "in small chunks": async (peer, bytes) => {
    const ends = utf8("\r\n")
    const parts = Array.from(split(bytes, 1021)).flatMap((part) => [
      utf8(`${part.length.toString(16)}\r\n`),
      part,
      ends
    ])
    await peer.write(chunkedHead)
    await peer.write(
      new Uint8Array(await new Blob(parts.map((part) => new Uint8Array(part))).arrayBuffer())
    )
    await peer.write(lastChunk)
  }
}
for (const [what, write] of Object.entries(framings)) {
  socketTest(`five million bytes ${what} come as they were sent`, () =>
    Effect.gen(function* () {
      const bytes = pattern(size)
      const server = yield* serving((_, peer) => write(peer, bytes))
      const client = yield* HttpClient.make({ connectMs })
      for (let nth = 0; nth < 2; nth++) {
        assert(isSame(yield* bytesOf(yield* send(client, server)), bytes))
        assertEquals([client.idle(), server.opened()], [1, 1])
      }
    }))
}

socketTest(
  "five million bytes are sent as they were given, and the connection is used again",
  () =>
    Effect.gen(function* () {
      const seen: Array<RawRequest> = []
      const server = yield* serving((request, peer) => {
        seen.push(request)
        return peer.write(plain("hi"))
      })
      const client = yield* HttpClient.make({ connectMs })
      const text = Array.from({ length: 500_000 }, (_, at) => `${at % 10_000}天🌧`).join("")
      for (const body of [text, "", text.slice(0, 30_000), text]) {
        assertEquals(yield* ask(client, server, { body }), "hi")
        assert(isSame(seen.at(-1)?.body ?? new Uint8Array(), utf8(body)))
        assertEquals([client.idle(), server.opened()], [1, 1])
      }
      assertLess(size, utf8(text).length)
    })
)

socketTest(
  "who reads slowly holds the server back, and still gets all",
  () =>
    Effect.gen(function* () {
      const total = 64 * 1024 * 1024
      const block = pattern(64 * 1024)
      let taken = 0
      const server = yield* serving(async (_, peer) => {
        await peer.write(`${ok}content-length: ${total}\r\n\r\n`)
        for (let at = 0; at < total; at += block.length) {
          if (!(await peer.write(block))) return
          taken += block.length
        }
      })
      const client = yield* HttpClient.make({ connectMs })
      const source = sourceOf(yield* send(client, server))
      const first = yield* piece(source)
      /** How much the server could write, once it can write no more. */
      const stalled = Effect.promise(async () => {
        for (let last = -1, same = 0; same < 20; last = taken) {
          await pause(10)
          same = last === taken ? same + 1 : 0
        }
        return taken
      })
      const held = yield* stalled
      assertLess(held, total / 2)
      const more = yield* piece(source)
      assertLess(yield* stalled, total / 2)
      const rest = yield* reading(source)
      assertEquals((first?.length ?? 0) + (more?.length ?? 0) + rest, total)
      assertEquals([client.idle(), server.opened()], [1, 1])
    })
)

const tired = `HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 2\r\n\r\nno`

socketTest(
  "a server that is tired of waiting, and says so as a request comes, is asked anew",
  () =>
    Effect.gen(function* () {
      const server = yield* serving(async ({ nthOnConnection, path }, peer) => {
        if (nthOnConnection === 1) return await peer.write(plain(path))
        await peer.write(tired)
        peer.close()
      })
      const client = yield* HttpClient.make({ connectMs })
      for (const path of ["/1", "/2", "/3"]) {
        assertEquals(yield* ask(client, server, { path, body: "{}" }), path)
      }
      assertEquals(server.opened(), 3)
    })
)

socketTest(
  "408 is an answer where the connection is fresh, or is kept",
  () =>
    Effect.gen(function* () {
      const server = yield* serving(async ({ path }, peer) => {
        await peer.write(path === "/fresh" ? tired : tired.replace("close", "keep-alive"))
      })
      const client = yield* HttpClient.make({ connectMs })
      for (const path of ["/kept", "/kept"]) {
        const response = yield* send(client, server, { path, body: "{}" })
        assertEquals([response.status, yield* bytesOf(response)], [408, utf8("no")])
      }
      assertEquals(server.opened(), 1)
      const other = yield* HttpClient.make({ connectMs })
      const fresh = yield* send(other, server, { path: "/fresh", body: "{}" })
      assertEquals([fresh.status, yield* bytesOf(fresh)], [408, utf8("no")])
      assertEquals(server.opened(), 2)
    })
)

socketTest("what no header can say is not sent", () =>
  Effect.gen(function* () {
    const server = yield* serving(() => {})
    const client = yield* HttpClient.make({ connectMs })
    const { signal } = new AbortController()
    const url = `http://127.0.0.1:${server.port}/`
    const headers = { authorization: "Bearer a\r\nx: y" }
    assertEquals(yield* failing(client.send({ method: "GET", url, headers }, signal)), "unsendable")
    assertEquals(server.opened(), 0)
  }))
