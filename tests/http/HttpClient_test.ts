import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import * as HttpClient from "../../src/http/HttpClient.ts"
import type { Peer, RawRequest } from "../kit/RawServer.ts"
import { law } from "../kit/effect.ts"
import {
  ask,
  chunked,
  chunkedHead,
  failing,
  isSecure,
  lastChunk,
  plain,
  send,
  serving,
  socketTest,
  textOf,
  until
} from "./asking.ts"

const connectMs = 3000

/** Answers behind which a connection can be used again, and what their bodies say. */
const reusable = {
  "of known length": [plain("hi"), "hi"],
  "of a length that is said twice": [plain("hi", "content-length: 2"), "hi"],
  "in chunks": [chunked("h", "i"), "hi"],
  "in chunks, with an extension and trailers": [
    `${chunkedHead}2;why=not\r\nhi\r\n0\r\nx-sum: 1\r\n\r\n`,
    "hi"
  ],
  "in no chunks": [chunkedHead + lastChunk, ""],
  "without content": ["HTTP/1.1 204 No Content\r\n\r\n", ""],
  "without content, of no length": ["HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n", ""],
  "that did not change": ["HTTP/1.1 304 Not Modified\r\netag: 1\r\n\r\n", ""],
  "that is empty": [plain(""), ""],
  "that keeps the connection for long": [plain("hi", "keep-alive: timeout=60, max=100"), "hi"],
  "behind early words": [
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${plain("hi")}`,
    "hi"
  ]
} as const

/** Answers behind which it cannot. */
const final = {
  "that says close": [plain("hi", "connection: close"), "hi"],
  "that says close among others": [plain("hi", "Connection: x-other, Close"), "hi"],
  "by HTTP/1.0": [plain("hi").replace("1.1", "1.0"), "hi"],
  "by HTTP/1.0, kept alive": [plain("hi", "connection: keep-alive").replace("1.1", "1.0"), "hi"],
  "with a length and chunks": [
    chunked("hi").replace("\r\n\r\n", "\r\ncontent-length: 2\r\n\r\n"),
    "hi"
  ],
  "without content, but with a length": [
    "HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n",
    ""
  ],
  "with bytes behind it": [`${plain("hi")}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`, "hi"],
  "with an end of line behind it": [`${plain("hi")}\r\n`, "hi"],
  "with a whole answer behind one without content": [
    `HTTP/1.1 204 No Content\r\n\r\n${plain("evil")}`,
    ""
  ],
  "with bytes behind its last chunk": [`${chunked("hi")}x`, "hi"],
  "that keeps the connection for a second": [plain("hi", "keep-alive: timeout=1"), "hi"],
  "that keeps the connection for no time": [plain("hi", "keep-alive: timeout=0"), "hi"]
} as const

for (const [what, [bytes, body]] of Object.entries(reusable)) {
  socketTest(`a connection is used again after an answer ${what}`, () =>
    Effect.gen(function* () {
      const server = yield* serving((_, peer) => peer.write(bytes))
      const client = yield* HttpClient.make({ connectMs })
      for (let nth = 0; nth < 3; nth++) {
        assertEquals(yield* ask(client, server), body)
        assertEquals([client.idle(), server.opened()], [1, 1])
      }
    }))
}

for (const [what, [bytes, body]] of Object.entries(final)) {
  socketTest(
    `a connection is not used again after an answer ${what}`,
    () =>
      Effect.gen(function* () {
        const server = yield* serving((_, peer) => peer.write(bytes))
        const client = yield* HttpClient.make({ connectMs })
        for (let nth = 1; nth <= 2; nth++) {
          assertEquals(yield* ask(client, server), body)
          assertEquals([client.idle(), server.opened()], [0, nth])
          yield* until("the client ends the connection", () => server.active() === 0)
        }
        assertEquals(server.closedByPeer(), 2)
      })
  )
}

socketTest("an answer may go on until the connection ends", () =>
  Effect.gen(function* () {
    const server = yield* serving(async (_, peer) => {
      await peer.write("HTTP/1.1 200 OK\r\n\r\nall of it,\n\nand more")
      peer.close()
    })
    const client = yield* HttpClient.make({ connectMs })
    for (let nth = 1; nth <= 2; nth++) {
      assertEquals(yield* ask(client, server), "all of it,\n\nand more")
      assertEquals([client.idle(), server.opened()], [0, nth])
    }
  }))

const kinds = { ...reusable, ...final }
const isFinal = (kind: string) => kind in final

law(
  "whatever came before, each answer goes to the request that it was given to",
  Schema.Array(Schema.Struct({
    kind: Schema.Literals(Object.keys(kinds)),
    body: Schema.optionalKey(Schema.String)
  })).check(Schema.isMaxLength(12)),
  (all) =>
    Effect.scoped(Effect.gen(function* () {
      const answers = new Map<string, readonly [string, string]>(Object.entries(kinds))
      const server = yield* serving(({ path, body }, peer) => {
        const said = answers.get(all[Number(path.slice(1))]?.kind ?? "")?.[0] ?? ""
        const told = `x-asked: ${path} ${new TextDecoder().decode(body).length}\r\n\r\n`
        // In the head of the answer itself, and not in those of early words.
        const head = /HTTP\/1\.[01] (?!1)/.exec(said)?.index ?? 0
        return peer.write(said.slice(0, head) + said.slice(head).replace("\r\n\r\n", `\r\n${told}`))
      })
      const client = yield* HttpClient.make({ connectMs })
      let connections = 0
      let isKept = false
      for (const [nth, { kind, body }] of all.entries()) {
        const response = yield* send(client, server, { path: `/${nth}`, body: body ?? "" })
        const wellFormed = (body ?? "").toWellFormed()
        assertEquals(response.headers.get("x-asked"), `/${nth} ${wellFormed.length}`)
        assertEquals(yield* textOf(response), answers.get(kind)?.[1])
        if (!isKept) connections++
        isKept = !isFinal(kind)
      }
      return server.opened() === connections
    }))
)

socketTest(
  "many at once have a connection and an answer each; those after them use the same",
  () =>
    Effect.gen(function* () {
      const many = 60
      const waiting: Array<() => void> = []
      const server = yield* serving(async ({ path, body }, peer) => {
        await new Promise<void>((go) => {
          waiting.push(go)
          // All are answered, the last first, once all are there.
          if (waiting.length === many) { for (const go of waiting.splice(0).reverse()) go() }
        })
        await peer.write(chunked(path, " ", String(body.length)))
      })
      const client = yield* HttpClient.make({ connectMs })
      for (const round of [1, 2, 3]) {
        const said = yield* Effect.forEach(
          Array.from({ length: many }, (_, nth) => nth),
          (nth) => ask(client, server, { path: `/${round}/${nth}`, body: "x".repeat(nth) }),
          { concurrency: "unbounded" }
        )
        assertEquals(said, Array.from({ length: many }, (_, nth) => `/${round}/${nth} ${nth}`))
        assertEquals([server.opened(), client.idle()], [many, many])
      }
    })
)

socketTest("origins share no connection, though they be one server", () =>
  Effect.gen(function* () {
    const server = yield* serving(({ headers }, peer) =>
      peer.write(plain(headers.get("host") ?? ""))
    )
    const client = yield* HttpClient.make({ connectMs })
    const names = ["127.0.0.1", "localhost", "127.0.0.1", "localhost"]
    for (const name of names) {
      const url = `${isSecure ? "https" : "http"}://${name}:${server.port}/`
      const { signal } = new AbortController()
      const response = yield* client.send({ method: "GET", url, headers: {} }, signal)
      assertEquals(yield* textOf(response), `${name}:${server.port}`)
    }
    assertEquals(server.opened(), 2)
  }))

const early = "an answer that comes before the request is written is heard, and ends the connection"
socketTest(early, () =>
  Effect.gen(function* () {
    // It never reads: what it says at first is the answer.
    const server = yield* serving(() => {}, {
      deaf: true,
      greeting: "HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno"
    })
    const client = yield* HttpClient.make({ connectMs })
    for (const nth of [1, 2]) {
      const response = yield* send(client, server, { body: "x".repeat(20_000_000) })
      assertEquals([response.status, yield* textOf(response)], [413, "no"])
      assertEquals([client.idle(), server.opened()], [0, nth])
    }
  }))

const idleEnds: Readonly<Record<string, (peer: Peer) => unknown>> = {
  "ends": (peer) => peer.close(),
  "breaks": (peer) => peer.reset(),
  "says something on": (peer) => peer.write("HTTP/1.1 408 Request Timeout\r\n\r\n")
}
for (const [does, end] of Object.entries(idleEnds)) {
  socketTest(
    `an idle connection that the server ${does} is noticed, and not used`,
    () =>
      Effect.gen(function* () {
        const peers: Array<Peer> = []
        const seen: Array<RawRequest> = []
        const server = yield* serving((request, peer) => {
          peers.push(peer)
          seen.push(request)
          return peer.write(plain("hi"))
        })
        const client = yield* HttpClient.make({ connectMs })
        for (const nth of [1, 2, 3]) {
          assertEquals(yield* ask(client, server), "hi")
          assertEquals(client.idle(), 1)
          for (const peer of peers.splice(0)) end(peer)
          yield* until("the client sees it", () => client.idle() === 0)
          yield* until("the connection is over", () => server.active() === 0)
          assertEquals([seen.length, server.opened()], [nth, nth])
        }
      })
  )
}

/** A server that answers the first request of each of `kept` connections, and does `next` with all others. */
const dropping = (
  next: (request: RawRequest, peer: Peer) => unknown,
  fresh: (request: RawRequest, peer: Peer) => unknown,
  kept = 1
) =>
  Effect.gen(function* () {
    const seen: Array<string> = []
    let waiting: Array<() => void> = []
    const server = yield* serving(async (request, peer) => {
      const { connection, nthOnConnection, path } = request
      seen.push(`${path} ${connection}.${nthOnConnection}`)
      if (connection > kept) return fresh(request, peer)
      if (nthOnConnection > 1) return next(request, peer)
      // So that they are made side by side.
      await new Promise<void>((go) => {
        waiting.push(go)
        if (waiting.length === kept) { for (const go of waiting) go() }
      })
      waiting = []
      await peer.write(plain("hi"))
    })
    const client = yield* HttpClient.make({ connectMs })
    const first = Array.from({ length: kept }, () => ask(client, server, { path: "/first" }))
    yield* Effect.all(first, { concurrency: "unbounded" })
    assertEquals(client.idle(), kept)
    seen.length = 0
    return { client, server, seen }
  })

const answered = (_: RawRequest, peer: Peer) => peer.write(plain("fresh"))
const drops: Readonly<Record<string, (_: RawRequest, peer: Peer) => unknown>> = {
  ends: (_, peer) => peer.close(),
  breaks: (_, peer) => peer.reset()
}
const begins = (bytes: string) => async (_: RawRequest, peer: Peer) => {
  await peer.write(bytes)
  peer.close()
}

for (const [how, drop] of Object.entries(drops)) {
  socketTest(
    `one that ${how} as it is used again is asked once more, on a fresh connection`,
    () =>
      Effect.gen(function* () {
        // Where others are kept, those may be as stale.
        for (const kept of [1, 4]) {
          const { client, server, seen } = yield* dropping(drop, answered, kept)
          assertEquals(yield* ask(client, server, { path: "/next", body: "{}" }), "fresh")
          assertEquals(seen.map((one) => one.replace(/ [1-4]\.2$/, " kept.2")), [
            "/next kept.2",
            `/next ${kept + 1}.1`
          ])
          assertEquals(client.idle(), kept)
        }
      })
  )

  socketTest(
    `one that ${how} as it is used again is asked no third time`,
    () =>
      Effect.gen(function* () {
        const { client, server, seen } = yield* dropping(drop, drop)
        assertEquals(yield* failing(ask(client, server, { path: "/next", body: "{}" })), "reset")
        assertEquals(seen, ["/next 1.2", "/next 2.1"])
        assertEquals([client.idle(), server.opened()], [0, 2])
      })
  )

  socketTest(`a fresh one that ${how} is not asked again`, () =>
    Effect.gen(function* () {
      let seen = 0
      const server = yield* serving((request, peer) => {
        seen++
        drop(request, peer)
      })
      const client = yield* HttpClient.make({ connectMs })
      assertEquals(yield* failing(ask(client, server, { body: "{}" })), "reset")
      assertEquals([seen, server.opened(), client.idle()], [1, 1, 0])
    }))
}

for (const bytes of ["H", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\n"]) {
  socketTest(
    `of one that ends behind ${JSON.stringify(bytes)} nothing is asked again`,
    () =>
      Effect.gen(function* () {
        const { client, server, seen } = yield* dropping(begins(bytes), answered)
        assertEquals(yield* failing(ask(client, server, { path: "/next", body: "{}" })), "reset")
        assertEquals([seen, server.opened()], [["/next 1.2"], 1])
      })
  )
}

socketTest(
  "who asks once more can still be given up, and who was given up is not asked more",
  () =>
    Effect.gen(function* () {
      const silent = yield* dropping(
        (_, peer) => peer.close(),
        () => {}
      )
      const asking = yield* Effect.forkChild(ask(silent.client, silent.server, { path: "/next" }))
      yield* until("it is asked once more", () => silent.seen.length === 2)
      yield* Fiber.interrupt(asking)
      yield* until("the second is hung up on", () => silent.server.active() === 0)

      const held = yield* dropping(() => {}, answered)
      const waiting = yield* Effect.forkChild(ask(held.client, held.server, { path: "/next" }))
      yield* until("it is asked", () => held.seen.length === 1)
      yield* Fiber.interrupt(waiting)
      yield* until("it is hung up on", () => held.server.active() === 0)
      assertEquals([held.seen, held.server.opened()], [["/next 1.2"], 1])
    })
)

/** The same with a clock that stands still until it is moved: what the sockets do takes its own time. */
const clockTest = <E>(name: string, body: () => Effect.Effect<void, E, Scope.Scope>) =>
  socketTest(name, () => Effect.provide(body(), TestClock.layer()))

clockTest(
  "a connection is used for as long as its server keeps it, but for the last second",
  () =>
    Effect.gen(function* () {
      const server = yield* serving((_, peer) => peer.write(plain("hi", "keep-alive: timeout=5")))
      const client = yield* HttpClient.make({ connectMs })
      yield* ask(client, server)
      yield* TestClock.adjust("3900 millis")
      yield* ask(client, server)
      assertEquals(server.opened(), 1)
      yield* TestClock.adjust("4100 millis")
      yield* ask(client, server)
      assertEquals(server.opened(), 2)
      yield* until("the first is closed", () => server.active() === 1)
      // Nobody asks any more: it is ended all the same.
      yield* TestClock.adjust("20 seconds")
      assertEquals(client.idle(), 0)
      yield* until("the second is closed", () => server.active() === 0)
    })
)

clockTest(
  "a connection is kept for a minute where its server does not say for how long",
  () =>
    Effect.gen(function* () {
      const server = yield* serving((_, peer) => peer.write(plain("hi")))
      const client = yield* HttpClient.make({ connectMs })
      yield* ask(client, server)
      yield* TestClock.adjust("59 seconds")
      assertEquals(client.idle(), 1)
      yield* ask(client, server)
      assertEquals(server.opened(), 1)
      yield* TestClock.adjust("76 seconds")
      assertEquals(client.idle(), 0)
      yield* until("it is closed", () => server.active() === 0)
    })
)
