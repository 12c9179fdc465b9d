import { assert, assertEquals, assertNotEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { SignJWT } from "jose"
import { type Route, routes } from "../../src/api/routes.ts"
import { type Scope, scopes } from "../../src/domain/Principal.ts"
import { liveTest } from "../kit/effect.ts"
import { apiKey, hello } from "../kit/gateway.ts"
import { startBoth } from "./upstreams.ts"

const secret = "a secret of 32 bytes or even more"

/** A token of somebody who may do `allowed`. */
const tokenFor = (allowed: ReadonlyArray<Scope>) =>
  Effect.promise(() =>
    new SignJWT({ scope: allowed.join(" ") }).setProtectedHeader({ alg: "HS256" })
      .setSubject("somebody").setExpirationTime("5 minutes").sign(new TextEncoder().encode(secret))
  )

const start = startBoth(undefined, { env: { PENSTOCK_JWT_SECRET: secret } })

/** What a route wants in its body, beside what most do. */
const asksFor = (path: string): object => {
  if (path === "/v1/completions") return { prompt: "Hello" }
  if (path === "/v1/responses" || path === "/v1/embeddings") return { input: "Hello" }
  if (path === "/v1/messages") return { max_tokens: 10 }
  const content = { parts: [{ text: "Hello" }] }
  if (path.endsWith(":embedContent")) return { content }
  if (path.endsWith(":batchEmbedContents")) return { requests: [{ content }] }
  return path.startsWith("/v1beta/") || path.includes(":model*:") ? { contents: [content] } : {}
}

/** Calls a route with nothing but `headers` to prove who is calling. */
const call = (
  url: string,
  { method, path, takesBody }: Route,
  headers: Record<string, string>
) =>
  Effect.promise(async () => {
    const isEmbedding = /embed/i.test(path)
    const model = isEmbedding ? "simulator-embedding" : "gpt-4"
    const place = path.replace(":version", "0").replaceAll(/:[a-z_]+\*?(?![A-Za-z])/g, model)
    const body = path.includes("/config/") ? {} : { ...hello(model), ...asksFor(path) }
    const response = await fetch(url + place, {
      method,
      headers: { "content-type": "application/json", ...headers },
      body: takesBody ? JSON.stringify(body) : null
    })
    const text = await response.text()
    return { status: response.status, text }
  })

liveTest(
  "every route lets in whoever has its scope, and nobody else",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* start
      // The one request of which it can be asked why it went as it did.
      const named = { "x-api-key": apiKey, "x-request-id": "gpt-4" }
      const hot = routes.find(({ path }) => path.endsWith("/generate"))!
      assertEquals((yield* call(url, hot, named)).status, 200)
      const guarded = routes.filter(({ needs }) => needs !== "nothing")
      assert(guarded.length >= 5)
      for (const route of guarded) {
        const name = `${route.method} ${route.path}`
        const others = scopes.filter((scope) => scope !== route.needs)
        const own = scopes.filter((scope) => scope === route.needs)
        const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
        const before = provider.calls.length
        const statuses = [
          yield* call(url, route, {}),
          yield* call(url, route, { "x-api-key": "wrong" }),
          yield* call(url, route, bearer("wrong")),
          yield* call(url, route, bearer("wrong.wrong.wrong")),
          yield* call(url, route, { authorization: `Basic ${btoa(`x:${apiKey}`)}` }),
          yield* call(url, route, bearer(yield* tokenFor(others))),
          yield* call(url, route, bearer(yield* tokenFor([])))
        ].map(({ status }) => status)
        assertEquals(statuses, [401, 401, 401, 401, 401, 403, 403], name)
        assertEquals(provider.calls.length, before, name)
        const welcome = [
          yield* call(url, route, bearer(yield* tokenFor(own))),
          yield* call(url, route, { "x-api-key": yield* tokenFor(own) }),
          yield* call(url, route, { "x-api-key": apiKey }),
          yield* call(url, route, bearer(apiKey))
        ].map(({ status }) => status)
        // It was `configured` who asked: to others there is no such request.
        const isAnothers = route.path.includes("/requests/")
        assertEquals(welcome, isAnothers ? [404, 404, 200, 200] : [200, 200, 200, 200], name)
      }
    })
)

liveTest("what needs nothing answers everybody", () =>
  Effect.gen(function* () {
    const { url } = yield* start
    const open = routes.filter(({ needs }) => needs === "nothing")
    assertEquals(open.map(({ path }) => path).toSorted(), [
      "/",
      "/api/v1/llm/health",
      "/docs",
      "/openapi.json"
    ])
    for (const route of open) assertEquals((yield* call(url, route, {})).status, 200, route.path)
  }))

liveTest("a token without the scope is told which one it lacks", () =>
  Effect.gen(function* () {
    const { url } = yield* start
    const route = routes.find(({ path }) => path.endsWith("/generate"))!
    const authorization = `Bearer ${yield* tokenFor(["usage:read"])}`
    const { status, text } = yield* call(url, route, { authorization })
    const { error } = JSON.parse(text)
    assertEquals([status, error.code], [403, "UNAUTHORIZED"])
    assertEquals(error.details, { reason: "insufficient_scope", scope: "inference" })
  }))

liveTest(
  "a key in the address is refused, whatever the headers say",
  () =>
    Effect.gen(function* () {
      const { url } = yield* start
      for (const query of [`?key=${apiKey}`, `?api_key=${apiKey}`, `?a=b&token=${apiKey}`]) {
        for (const headers of [{}, { "x-api-key": apiKey }]) {
          const response = yield* Effect.promise(() =>
            fetch(`${url}/api/v1/llm/models${query}`, { headers })
          )
          const text = yield* Effect.promise(() => response.text())
          assertEquals(response.status, 400)
          assertEquals(text.includes(apiKey), false)
        }
      }
    })
)

liveTest(
  "every refusal of a credential reads the same, whatever was wrong with it",
  () =>
    Effect.gen(function* () {
      const { url } = yield* start
      const route = routes.find(({ path }) => path.endsWith("/models"))!
      const texts = new Set<string>()
      const token = yield* tokenFor(["inference"])
      for (
        const key of [
          "wrong",
          `${apiKey}x`,
          apiKey.slice(1),
          "psk_000000000000_x",
          `${token}x`,
          `${token.slice(0, token.lastIndexOf("."))}.`,
          "x".repeat(9000)
        ]
      ) {
        const { status, text } = yield* call(url, route, { "x-api-key": key })
        assertEquals(status, 401)
        assertNotEquals(key, "")
        texts.add(text.replace(/req_[0-9a-f]+/, ""))
      }
      assertEquals(texts.size, 1)
    })
)
