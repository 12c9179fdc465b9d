import { assertEquals } from "@std/assert"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { isProxied, proxyVariables } from "../../src/config/proxy.ts"
import { Egress } from "../../src/provider/Egress.ts"
import { text } from "../../src/provider/wholeBody.ts"
import { liveTest, test } from "../kit/effect.ts"
import { temporaryFolder } from "../kit/gateway.ts"
import { spawn } from "../kit/process.ts"
import { type RawRequest, serve } from "../kit/RawServer.ts"

// The process that has a proxy in its environment runs this file too.
const [inside, isProxiedThere, url = ""] = Deno.args
if (inside === "ask") {
  const asked = Effect.gen(function* () {
    const { send } = yield* Egress
    const headers = { "x-key": "1" }
    const { signal } = new AbortController()
    const response = yield* send({ method: "POST", url, headers, body: "{}" }, signal)
    return `${response.status} ${yield* text(response, 1000)}`
  })
  const layer = Egress.layer({ connectMs: 3000, isProxied: isProxiedThere === "true" })
  console.log(await Effect.runPromise(Effect.provide(asked, layer)))
}

/** A server that writes down what it is asked, and answers `says`. */
const recording = (says: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const seen: Array<RawRequest> = []
      const server = await serve({}, async (request, peer) => {
        seen.push(request)
        await peer.write(says)
      })
      return { ...server, seen }
    }),
    (server) => Effect.promise(server.stop)
  )

const answer = (text: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`

/** What a process of its own is answered that has `env`. */
const askIn = (env: Readonly<Record<string, string>>, isProxied: boolean, url: string) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const root = new URL("../../", import.meta.url).pathname
    const { pathname } = new URL(import.meta.url)
    const args = ["run", "--no-prompt", "-A", "--no-check", "--frozen"]
    const run = yield* spawn(
      Deno.execPath(),
      [...args, `--config=${root}deno.json`, pathname, "ask", String(isProxied), url],
      folder,
      // Or it looks for a newer Deno, by way of the proxy.
      { DENO_NO_UPDATE_CHECK: "1", ...env }
    )
    assertEquals(yield* run.exited, 0, run.stderr())
    return run.stdout().trim()
  })

for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY"]) {
  liveTest(
    `where ${name} names a proxy, requests go there and are answered from there`,
    () =>
      Effect.gen(function* () {
        const provider = yield* recording(answer("the provider"))
        const proxy = yield* recording(answer("the proxy"))
        const env = { [name]: `http://127.0.0.1:${proxy.port}` }
        const url = `http://127.0.0.1:${provider.port}/v1/chat?a=b`
        assertEquals(yield* askIn(env, true, url), "200 the proxy")
        assertEquals(provider.opened(), 0)
        assertEquals(
          proxy.seen.map(({ method, path, headers, body }) => [
            method,
            path,
            headers.get("host"),
            headers.get("x-key"),
            new TextDecoder().decode(body)
          ]),
          [["POST", url, `127.0.0.1:${provider.port}`, "1", "{}"]]
        )
      })
  )
}

liveTest("a proxy's redirect is not followed", () =>
  Effect.gen(function* () {
    const other = yield* recording(answer("other"))
    const place = `location: http://127.0.0.1:${other.port}/\r\n`
    const proxy = yield* recording(`HTTP/1.1 307 Go\r\n${place}content-length: 2\r\n\r\ngo`)
    const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` }
    assertEquals(yield* askIn(env, true, "http://nobody.invalid/"), "307 go")
    assertEquals([proxy.seen.length, other.opened()], [1, 0])
  }))

liveTest("where nobody said that there is a proxy, none is asked", () =>
  Effect.gen(function* () {
    const provider = yield* recording(answer("the provider"))
    const proxy = yield* recording(answer("the proxy"))
    const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` }
    const url = `http://127.0.0.1:${provider.port}/v1/chat`
    assertEquals(yield* askIn(env, false, url), "200 the provider")
    assertEquals(proxy.opened(), 0)
    assertEquals(provider.seen.map(({ path }) => path), ["/v1/chat"])
  }))

const isProxiedWith = (env: Record<string, string>) =>
  Effect.provide(isProxied, ConfigProvider.layer(ConfigProvider.fromEnvRecord(env)))

test("each of six variables names a proxy, and an empty one names none", () =>
  Effect.gen(function* () {
    assertEquals([...proxyVariables].sort(), [
      "ALL_PROXY",
      "HTTPS_PROXY",
      "HTTP_PROXY",
      "all_proxy",
      "http_proxy",
      "https_proxy"
    ])
    assertEquals(yield* isProxiedWith({}), false)
    const others = { NO_PROXY: "*", FTP_PROXY: "http://127.0.0.1:9", HTTP: "x" }
    assertEquals(yield* isProxiedWith(others), false)
    for (const name of proxyVariables) {
      assertEquals(yield* isProxiedWith({ ...others, [name]: "http://127.0.0.1:9" }), true, name)
      for (const empty of ["", "  "]) {
        assertEquals(yield* isProxiedWith({ [name]: empty }), false, name)
      }
    }
  }))
