import { assert, assertEquals, assertGreater, assertLess } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as HttpClient from "../../src/http/HttpClient.ts"
import type { Peer } from "../kit/RawServer.ts"
import {
  ask,
  bytesOf,
  chunk,
  chunked,
  chunkedHead,
  failing,
  lastChunk,
  pause,
  piece,
  plain,
  send,
  serving,
  socketTest,
  sourceOf,
  textOf,
  until
} from "./asking.ts"

const connectMs = 3000

/** A server that says `bytes` of an answer and then nothing, and tells when its connections were ended. */
const silentBehind = (bytes: string) =>
  Effect.gen(function* () {
    const asked: Array<Peer> = []
    let endedAt = 0
    const server = yield* serving(async (_, peer) => {
      if (bytes !== "") await peer.write(bytes)
      asked.push(peer)
      await peer.over
      endedAt = performance.now()
    })
    const client = yield* HttpClient.make({ connectMs })
    /** How long the server takes to see that the client hung up, in milliseconds. */
    const seenAfter = <A, E>(hangUp: Effect.Effect<A, E>) =>
      Effect.gen(function* () {
        const startedAt = performance.now()
        yield* hangUp
        yield* until("the server sees the end", () => server.active() === 0)
        assertEquals([server.closedByPeer(), client.idle()], [server.opened(), 0])
        return endedAt - startedAt
      })
    return { server, client, asked, seenAfter }
  })

type Silent = Effect.Success<ReturnType<typeof silentBehind>>

const sayHi = `HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi`

/** Ways to hang up; each hangs up once, and says how long it took until the server saw it. */
const ways: Readonly<
  Record<string, readonly [said: string, (silent: Silent) => Effect.Effect<number, unknown>]>
> = {
  "interruption before the head": [
    "",
    ({ client, server, asked, seenAfter }) =>
      Effect.gen(function* () {
        const nth = asked.length
        const fiber = yield* Effect.forkChild(send(client, server, { body: "{}" }))
        yield* until("it is asked", () => asked.length > nth)
        return yield* seenAfter(Fiber.interrupt(fiber))
      })
  ],
  "the signal before the head": [
    "",
    ({ client, server, asked, seenAfter }) =>
      Effect.gen(function* () {
        const nth = asked.length
        const hangUp = new AbortController()
        const fiber = yield* Effect.forkChild(
          Effect.exit(send(client, server, { body: "{}", signal: hangUp.signal }))
        )
        yield* until("it is asked", () => asked.length > nth)
        const took = yield* seenAfter(Effect.sync(() => hangUp.abort("enough")))
        assert(Exit.isFailure(yield* Fiber.join(fiber)))
        return took
      })
  ],
  "the signal while the body is read": [
    sayHi,
    ({ client, server, seenAfter }) =>
      Effect.gen(function* () {
        const hangUp = new AbortController()
        const response = yield* send(client, server, { signal: hangUp.signal })
        const fiber = yield* Effect.forkChild(Effect.flip(bytesOf(response)))
        yield* Effect.promise(() => pause(2))
        const took = yield* seenAfter(Effect.sync(() => hangUp.abort("enough")))
        assertEquals((yield* Fiber.join(fiber)).why, "cut")
        return took
      })
  ],
  "the signal while nobody reads the body": [
    sayHi,
    ({ client, server, seenAfter }) =>
      Effect.gen(function* () {
        const hangUp = new AbortController()
        const response = yield* send(client, server, { signal: hangUp.signal })
        const took = yield* seenAfter(Effect.sync(() => hangUp.abort("enough")))
        assertEquals(yield* failing(bytesOf(response)), "cut")
        return took
      })
  ],
  "cancel() of an unread body": [sayHi, ({ client, server, seenAfter }) =>
    Effect.gen(function* () {
      const source = sourceOf(yield* send(client, server))
      const took = yield* seenAfter(Effect.sync(source.cancel))
      assertEquals(yield* failing(piece(source)), "cut")
      source.cancel()
      return took
    })],
  "cancel() in the middle": [
    chunkedHead + chunk("hi"),
    ({ client, server, seenAfter }) =>
      Effect.gen(function* () {
        const source = sourceOf(yield* send(client, server))
        assertEquals((yield* piece(source))?.length, 2)
        const next = yield* Effect.forkChild(Effect.flip(piece(source)))
        yield* Effect.promise(() => pause(2))
        const took = yield* seenAfter(Effect.sync(source.cancel))
        assertEquals((yield* Fiber.join(next)).why, "cut")
        return took
      })
  ],
  "leave() where only the end of the connection is the end": [
    "HTTP/1.1 200 OK\r\n\r\nhi",
    ({ client, server, seenAfter }) =>
      Effect.gen(function* () {
        const source = sourceOf(yield* send(client, server))
        assertEquals((yield* piece(source))?.length, 2)
        return yield* seenAfter(Effect.sync(source.leave))
      })
  ]
}

for (const [what, [said, hangUp]] of Object.entries(ways)) {
  socketTest(`${what} hangs up: the server sees it within 100 ms`, () =>
    Effect.gen(function* () {
      const silent = yield* silentBehind(said)
      const took: Array<number> = []
      // The machine may have been busy once.
      for (let nth = 0; nth < 3; nth++) took.push(yield* hangUp(silent))
      assertLess(Math.min(...took), 100)
      assertEquals([silent.server.opened(), silent.asked.length], [3, 3])
    }))
}

socketTest(
  "hanging up while the answer pours in ends the connection as well",
  () =>
    Effect.gen(function* () {
      const block = new Uint8Array(64 * 1024)
      const server = yield* serving(async (_, peer) => {
        await peer.write("HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n")
        while (await peer.write(block)) await pause(0)
      })
      const client = yield* HttpClient.make({ connectMs })
      for (let nth = 0; nth < 3; nth++) {
        const source = sourceOf(yield* send(client, server))
        for (let pieces = 0; pieces < 5 * nth; pieces++) yield* piece(source)
        source.cancel()
        yield* until("the server sees it", () => server.active() === 0)
      }
      assertEquals(client.idle(), 0)
    })
)

socketTest("a signal that was aborted before sends nothing", () =>
  Effect.gen(function* () {
    const server = yield* serving((_, peer) => peer.write(plain("hi")))
    const client = yield* HttpClient.make({ connectMs })
    const signal = AbortSignal.abort("enough")
    assertEquals(yield* failing(send(client, server, { signal })), "reset")
    assertEquals(server.opened(), 0)
    // Nor does it use up a connection that is kept.
    assertEquals(yield* ask(client, server), "hi")
    assertEquals(yield* failing(send(client, server, { signal })), "reset")
    assertEquals([client.idle(), server.opened()], [1, 1])
  }))

for (const kind of ["of known length", "in chunks", "without content"]) {
  socketTest(
    `who still holds an answer ${kind} that was read whole cannot hurt the next`,
    () =>
      Effect.gen(function* () {
        const gates: Array<PromiseWithResolvers<void>> = []
        const server = yield* serving(async ({ path }, peer) => {
          if (path === "/first") {
            const empty = "HTTP/1.1 204 No Content\r\n\r\n"
            await peer.write(
              kind === "in chunks"
                ? chunked("a", "b")
                : kind === "without content"
                ? empty
                : plain("ab")
            )
            return
          }
          const [head, middle] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
          gates.push(head, middle)
          await head.promise
          await peer.write(chunkedHead + chunk("c"))
          await middle.promise
          await peer.write(chunk("d") + lastChunk)
        })
        const client = yield* HttpClient.make({ connectMs })
        const hangUp = new AbortController()
        const { signal } = hangUp
        const first = yield* send(client, server, { path: "/first", signal })
        yield* bytesOf(first)
        const source = first.body === null ? undefined : sourceOf(first)
        const meddle = () => {
          source?.leave()
          source?.cancel()
        }
        meddle()
        const second = yield* Effect.forkChild(send(client, server, { path: "/second" }))
        yield* until("it is asked", () => gates.length > 0)
        // While the head is waited for, while the body is, and once it is over.
        meddle()
        hangUp.abort("late")
        gates[0]?.resolve()
        const answer = yield* Fiber.join(second)
        meddle()
        const text = yield* Effect.forkChild(textOf(answer))
        gates[1]?.resolve()
        assertEquals(yield* Fiber.join(text), "cd")
        meddle()
        assertEquals([client.idle(), server.opened()], [1, 1])
      })
  )
}

/** What is left of a body, which says `hi` at first and then what `follows` once it was left. */
const leaving = (
  follows: (peer: Peer) => unknown,
  check: (at: {
    readonly server: Effect.Success<ReturnType<typeof serving>>
    readonly client: HttpClient.HttpClient
    readonly leave: () => void
  }) => Effect.Effect<void>
) =>
  Effect.gen(function* () {
    const left = Promise.withResolvers<void>()
    const server = yield* serving(async ({ path }, peer) => {
      if (path === "/next") return peer.write(plain("next"))
      await peer.write(chunkedHead + chunk("hi"))
      await left.promise
      await follows(peer)
    })
    const client = yield* HttpClient.make({ connectMs })
    const source = sourceOf(yield* send(client, server))
    assertEquals((yield* piece(source))?.length, 2)
    const leave = () => {
      source.leave()
      left.resolve()
    }
    yield* check({ server, client, leave })
    // Whatever became of it, the next request has its own answer.
    assertEquals(yield* Effect.orDie(ask(client, server, { path: "/next" })), "next")
  })

socketTest(
  "leave() with the last chunk already there keeps the connection at once",
  () =>
    Effect.gen(function* () {
      const server = yield* serving((_, peer) => peer.write(chunked("hi")))
      const client = yield* HttpClient.make({ connectMs })
      for (let nth = 0; nth < 3; nth++) {
        const source = sourceOf(yield* send(client, server))
        assertEquals((yield* piece(source))?.length, 2)
        source.leave()
        assertEquals([client.idle(), server.opened()], [1, 1])
        source.leave()
        source.cancel()
        assertEquals(client.idle(), 1)
      }
    })
)

const small: Readonly<Record<string, (peer: Peer) => unknown>> = {
  "the last chunk comes 50 ms later": async (peer) => {
    await peer.pause(50)
    await peer.write(lastChunk)
  },
  "the last chunk comes byte by byte": async (peer) => {
    for (const byte of lastChunk) {
      await peer.write(byte)
      await peer.pause(2)
    }
  },
  "60 KiB follow": (peer) => peer.write(chunk("x".repeat(60 * 1024)) + lastChunk)
}
for (const [what, follows] of Object.entries(small)) {
  socketTest(
    `leave() where ${what} keeps the connection`,
    () =>
      leaving(follows, ({ client, server, leave }) =>
        Effect.gen(function* () {
          leave()
          yield* until("it is kept", () => client.idle() === 1)
          assertEquals([server.active(), server.opened()], [1, 1])
        }))
  )
}

const much: Readonly<Record<string, (peer: Peer) => unknown>> = {
  // What is read at once may be 64 KiB more.
  "more than 64 KiB follow": (peer) => peer.write(chunk("x".repeat(200 * 1024)) + lastChunk),
  "chunks follow without end": async (peer) => {
    while (await peer.write(chunk("x").repeat(1000))) await pause(0)
  },
  "nonsense follows": (peer) => peer.write("nonsense"),
  "the connection ends": (peer) => peer.close(),
  "the connection breaks": (peer) => peer.reset()
}
for (const [what, follows] of Object.entries(much)) {
  socketTest(
    `leave() where ${what} ends the connection`,
    () =>
      leaving(follows, ({ client, server, leave }) =>
        Effect.gen(function* () {
          const startedAt = performance.now()
          leave()
          yield* until("it is over", () => server.active() === 0)
          assertLess(performance.now() - startedAt, 900)
          assertEquals(client.idle(), 0)
        }))
  )
}

socketTest(
  "leave() where nothing follows for a second ends the connection",
  () =>
    leaving(() => {}, ({ client, server, leave }) =>
      Effect.gen(function* () {
        const startedAt = performance.now()
        leave()
        yield* until("it is over", () => server.active() === 0)
        const took = performance.now() - startedAt
        assertGreater(took, 950)
        assertLess(took, 2000)
        assertEquals(client.idle(), 0)
      }))
)

socketTest(
  "leave() where something follows again and again ends the connection after a second",
  () =>
    leaving(
      async (peer) => {
        while (await peer.write(chunk("x"))) await peer.pause(100)
      },
      ({ server, leave }) =>
        Effect.gen(function* () {
          const startedAt = performance.now()
          leave()
          yield* until("it is over", () => server.active() === 0)
          assertLess(performance.now() - startedAt, 2000)
        })
    )
)

socketTest(
  "the end of the scope ends what is idle, and what becomes idle after it",
  () =>
    Effect.gen(function* () {
      const gate = Promise.withResolvers<void>()
      const server = yield* serving(async ({ path }, peer) => {
        await peer.write(chunkedHead + chunk("h"))
        if (path === "/late") await gate.promise
        await peer.write(chunk("i") + lastChunk)
      })
      const scope = yield* Scope.make()
      const client = yield* Scope.provide(HttpClient.make({ connectMs }), scope)
      const late = yield* send(client, server, { path: "/late" })
      yield* Effect.all([ask(client, server), ask(client, server)], { concurrency: 2 })
      assertEquals([client.idle(), server.active()], [2, 3])
      yield* Scope.close(scope, Exit.void)
      yield* until("what was idle is over", () => server.active() === 1)
      assertEquals(client.idle(), 0)
      gate.resolve()
      // Who reads an answer meanwhile gets it whole.
      assertEquals(yield* textOf(late), "hi")
      yield* until("all is over", () => server.active() === 0)
      assertEquals([client.idle(), server.closedByPeer()], [0, 3])
    })
)
