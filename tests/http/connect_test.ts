import { assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import net from "node:net"
import type { HttpError } from "../../src/http/HttpError.ts"
import * as HttpClient from "../../src/http/HttpClient.ts"
import { temporaryFolder } from "../kit/gateway.ts"
import { spawn } from "../kit/process.ts"
import {
  failing,
  pause,
  plain,
  sealed,
  secureFolder,
  serving,
  socketTest,
  textOf,
  until
} from "./asking.ts"

const connectMs = 3000

const get = (
  client: HttpClient.HttpClient,
  url: string,
  signal = new AbortController().signal
) => client.send({ method: "GET", url, headers: {} }, signal)

/** What went wrong, and how long that took, in milliseconds. */
const timed = <A>(asking: Effect.Effect<A, HttpError>) =>
  Effect.gen(function* () {
    const startedAt = performance.now()
    const why = yield* failing(asking)
    return { why, took: performance.now() - startedAt }
  })

/** A server of TCP that says nothing, and ends its connections when it is told to. */
const mute = Effect.acquireRelease(
  Effect.promise(async () => {
    const open = new Set<net.Socket>()
    let opened = 0
    const server = net.createServer((socket) => {
      opened++
      open.add(socket)
      socket.on("error", () => {})
      socket.on("data", () => {})
      socket.on("close", () => open.delete(socket))
    })
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
    const address = server.address()
    if (address === null || typeof address === "string") throw new Error("Not a TCP listener")
    return {
      port: address.port,
      opened: () => opened,
      active: () => open.size,
      endAll: () => {
        for (const socket of open) socket.destroy()
      },
      stop: () => new Promise((stopped) => server.close(stopped))
    }
  }),
  (server) => {
    server.endAll()
    return Effect.promise(server.stop)
  }
)

socketTest("nobody there is told as such, at once", () =>
  Effect.gen(function* () {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 })
    const { port } = listener.addr
    listener.close()
    const client = yield* HttpClient.make({ connectMs })
    for (const scheme of ["http", "https"]) {
      const { why, took } = yield* timed(get(client, `${scheme}://127.0.0.1:${port}/`))
      assertEquals(why, "connect")
      assertLess(took, 1000)
    }
  }))

const mayLookUp =
  Deno.permissions.querySync({ name: "net", host: "nobody.invalid" }).state === "granted"
socketTest(
  `a name without an address is told as such${mayLookUp ? "" : " (needs --allow-net for all)"}`,
  () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.make({ connectMs: 30_000 })
      for (const scheme of ["http", "https"]) {
        const error = yield* Effect.flip(get(client, `${scheme}://nobody.invalid/`))
        assertEquals(error.why, "dns")
      }
    }),
  { ignore: !mayLookUp }
)

Deno.test({
  ...sealed,
  name: "a place that this process may not reach cannot be connected to",
  permissions: { net: ["127.0.0.1:1"] },
  fn: () =>
    Effect.runPromise(Effect.scoped(Effect.gen(function* () {
      const client = yield* HttpClient.make({ connectMs })
      assertEquals(yield* failing(get(client, "http://127.0.0.1:2/")), "connect")
      assertEquals(yield* failing(get(client, "https://127.0.0.1:2/")), "connect")
    })))
})

socketTest(
  "a certificate that nobody trusts, or of another host, is told as such",
  () =>
    Effect.gen(function* () {
      let asked = 0
      const server = yield* serving(() => asked++, { tls: true })
      const client = yield* HttpClient.make({ connectMs })
      for (let nth = 0; nth < 10; nth++) {
        assertEquals(yield* failing(get(client, `https://127.0.0.1:${server.port}/`)), "tls")
      }
      yield* until("no connection is left", () => server.active() === 0)
      assertEquals([asked, client.idle()], [0, 0])
    })
)

for (const greeting of ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.9\r\n"]) {
  socketTest(
    `where TLS is expected ${JSON.stringify(greeting)} is told as such`,
    () =>
      Effect.gen(function* () {
        const server = yield* serving(() => {}, { tls: false, greeting })
        const client = yield* HttpClient.make({ connectMs })
        // More often than handshakes may be given up: none of these is.
        for (let nth = 0; nth < 10; nth++) {
          assertEquals(yield* failing(get(client, `https://127.0.0.1:${server.port}/`)), "tls")
        }
        yield* until("no connection is left", () => server.active() === 0)
        assertEquals(server.opened(), 10)
      })
  )
}

socketTest("an end in the middle of the handshake is told as such", () =>
  Effect.gen(function* () {
    const server = yield* mute
    const client = yield* HttpClient.make({ connectMs })
    for (let nth = 1; nth <= 10; nth++) {
      const asking = yield* Effect.forkChild(
        failing(get(client, `https://127.0.0.1:${server.port}/`))
      )
      yield* until("it is there", () => server.active() === 1)
      server.endAll()
      assertEquals(yield* Fiber.join(asking), "tls")
    }
  }))

socketTest(
  "silence in TLS is told in time, and eight of one origin may be silent",
  () =>
    Effect.gen(function* () {
      const server = yield* mute
      const other = yield* mute
      const client = yield* HttpClient.make({ connectMs: 200 })
      const url = `https://127.0.0.1:${server.port}/`
      const first = yield* Effect.all(Array.from({ length: 8 }, () => timed(get(client, url))), {
        concurrency: "unbounded"
      })
      for (const { why, took } of first) {
        assertEquals(why, "connect_timeout")
        assertGreater(took, 190)
        assertLess(took, 1000)
      }
      assertEquals(server.opened(), 8)

      for (let nth = 0; nth < 3; nth++) {
        const { why, took } = yield* timed(get(client, url))
        assertEquals(why, "connect_timeout")
        assertLess(took, 100)
      }
      assertEquals(server.opened(), 8)

      // Whoever else is silent is not held to that.
      const { took } = yield* timed(get(client, `https://127.0.0.1:${other.port}/`))
      assertGreater(took, 190)

      for (let round = 1; round <= 3; round++) {
        server.endAll()
        // The client sees it a little later: until then it refuses at once.
        while (server.opened() === 8 * round) yield* failing(get(client, url))
        yield* Effect.all(Array.from({ length: 7 }, () => failing(get(client, url))), {
          concurrency: "unbounded"
        })
        assertEquals(server.opened(), 8 + 8 * round)
        assertLess((yield* timed(get(client, url))).took, 100)
        assertEquals(server.opened(), 8 + 8 * round)
      }
      server.endAll()
      other.endAll()
      yield* until("all are over", () => server.active() + other.active() === 0)
    })
)

socketTest(
  "handshakes that were interrupted count as well, and each once",
  () =>
    Effect.gen(function* () {
      const server = yield* mute
      const client = yield* HttpClient.make({ connectMs })
      const url = `https://127.0.0.1:${server.port}/`
      for (let nth = 1; nth <= 8; nth++) {
        const hangUp = new AbortController()
        const asking = yield* Effect.forkChild(get(client, url, hangUp.signal))
        yield* until("it is there", () => server.opened() === nth)
        // It is known here that it is connected.
        yield* Effect.promise(() => pause(5))
        hangUp.abort("enough")
        yield* Fiber.interrupt(asking)
        hangUp.abort("enough")
      }
      assertEquals(yield* failing(get(client, url)), "connect_timeout")
      assertEquals(server.opened(), 8)
      server.endAll()
      const asking = yield* Effect.forkChild(Effect.forever(Effect.exit(get(client, url))))
      yield* until("it is asked for again", () => server.opened() === 9)
      yield* Fiber.interrupt(asking)
      server.endAll()
      yield* until("all are over", () => server.active() === 0)
    })
)

socketTest(
  "giving up at any time while a connection is made leaves none open",
  () =>
    Effect.gen(function* () {
      let asked = 0
      const server = yield* serving(() => asked++, { tls: false })
      const client = yield* HttpClient.make({ connectMs })
      for (let nth = 0; nth < 100; nth++) {
        const hangUp = new AbortController()
        const url = `http://127.0.0.1:${server.port}/`
        const asking = yield* Effect.forkChild(Effect.exit(get(client, url, hangUp.signal)))
        // By turns of the event loop: from before the connection is begun to after the request is sent.
        for (let turn = 0; turn < nth % 10; turn++) yield* Effect.promise(() => pause(0))
        if (nth % 2 === 0) hangUp.abort("enough")
        else yield* Fiber.interrupt(asking)
        yield* Fiber.await(asking)
      }
      yield* until("none is left", () => server.active() === 0)
      assertEquals(client.idle(), 0)
      assertLess(asked, 100)
    })
)

/** A listener that has no room for one more connection. */
const full = Effect.acquireRelease(
  Effect.promise(async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 })
    const { port } = listener.addr
    const open: Array<Deno.Conn> = []
    for (;;) {
      const attempt = new AbortController()
      const late = setTimeout(() => attempt.abort(), 150)
      const made = await Deno.connect({ hostname: "127.0.0.1", port, signal: attempt.signal })
        .catch(() => undefined)
      clearTimeout(late)
      if (made === undefined) return { port, listener, open }
      open.push(made)
    }
  }),
  ({ listener, open }) =>
    Effect.sync(() => {
      for (const one of [listener, ...open]) one.close()
    })
)

socketTest(
  "a connection that nobody takes is told after its time, and is not made later",
  () =>
    Effect.gen(function* () {
      const { port, listener, open } = yield* full
      const client = yield* HttpClient.make({ connectMs: 200 })
      for (const scheme of ["http", "https"]) {
        const { why, took } = yield* timed(get(client, `${scheme}://127.0.0.1:${port}/`))
        assertEquals(why, "connect_timeout")
        assertGreater(took, 190)
      }
      const asking = yield* Effect.forkChild(get(client, `http://127.0.0.1:${port}/`))
      yield* Effect.promise(() => pause(50))
      yield* Fiber.interrupt(asking)

      // Whoever still tried would be let in, when it tries again after a second.
      for (const _ of [...open]) open.push(yield* Effect.promise(() => listener.accept()))
      const late = listener.accept().then((one) => {
        open.push(one)
        return "one came"
      }, () => "nobody")
      const nobody = pause(1400).then(() => "nobody")
      assertEquals(yield* Effect.promise(() => Promise.race([late, nobody])), "nobody")
    })
)

socketTest("localhost is reached where only 127.0.0.1 listens", () =>
  Effect.gen(function* () {
    const server = yield* serving((_, peer) => peer.write(plain("hi")), { tls: false })
    const client = yield* HttpClient.make({ connectMs })
    const response = yield* get(client, `http://localhost:${server.port}/`)
    assertEquals([yield* textOf(response), server.opened()], ["hi", 1])
  }))

socketTest(
  "a name that no certificate can hold is told as such, and leaves no connection",
  () =>
    Effect.gen(function* () {
      const server = yield* mute
      // A resolver may know such names; ours does not.
      const { connect } = Deno
      yield* Effect.acquireRelease(
        Effect.sync(() =>
          Object.assign(Deno, {
            connect: () => connect({ hostname: "127.0.0.1", port: server.port })
          })
        ),
        () => Effect.sync(() => Object.assign(Deno, { connect }))
      )
      const client = yield* HttpClient.make({ connectMs })
      assertEquals(yield* failing(get(client, "https://-no-name-.invalid/")), "tls")
      yield* until("it was there", () => server.opened() === 1)
      yield* until("it is over", () => server.active() === 0)
    })
)

const hasOpenssl = await new Deno.Command("openssl", { args: ["version"], stdout: "null" }).output()
  .then(({ success }) => success, () => false)

socketTest(
  `over TLS connections are used, asked again and hung up on as without it${
    hasOpenssl ? "" : " (needs openssl)"
  }`,
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const root = new URL("../../", import.meta.url).pathname
      const made = yield* spawn("openssl", certificateFor(folder), folder, {})
      assertEquals(yield* made.exited, 0, made.stderr())
      const files = ["HttpClient", "hangingUp", "oddServers"]
      const args = [
        "test",
        "-A",
        "--no-prompt",
        "--no-check",
        `--config=${root}deno.json`,
        "--frozen",
        ...files.map((name) => `${root}tests/http/${name}_test.ts`)
      ]
      // Trust is the process's own: it is told as an operator would tell it.
      const env = { DENO_CERT: `${folder}/cert.pem`, [secureFolder]: folder }
      const run = yield* spawn(Deno.execPath(), args, root, env)
      const code = yield* Effect.timeout(run.ended, "2 minutes")
      assertEquals(code, 0, run.stdout() + run.stderr())
      assertMatch(run.stdout(), /\b\d{3,} passed .* 0 failed\b/)
    }),
  { ignore: !hasOpenssl }
)

const certificateFor = (folder: string): ReadonlyArray<string> => [
  ...["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec"],
  ...["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=localhost"],
  ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
  ...["-addext", "basicConstraints=critical,CA:FALSE"],
  ...["-keyout", `${folder}/key.pem`, "-out", `${folder}/cert.pem`]
]
