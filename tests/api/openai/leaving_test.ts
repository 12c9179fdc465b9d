import { assert } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey, start } from "../../kit/gateway.ts"
import { startBoth, variablesFor } from "../upstreams.ts"

/** The longest that hanging up on a provider may take, in milliseconds. */
const limit = 100

const stalled = FakeProvider.answer({ breaks: { after: 1, by: "stall" } })

/** Asks, and leaves when told to. */
const client = (url: string, body: object) => {
  const leaving = new AbortController()
  const response = fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: leaving.signal
  })
  response.catch(() => {})
  return { response, leave: () => leaving.abort() }
}

const routes = {
  "/v1/chat/completions": { model: "gpt-4", messages: [{ role: "user", content: "Hi" }] },
  "/v1/completions": { model: "claude-3", prompt: "Hi" },
  "/v1/responses": { model: "gemini-pro", input: "Hi" }
}

for (const [path, body] of Object.entries(routes)) {
  liveTest(
    `whoever leaves ${path} hangs up on the provider within ${limit} ms, at any moment`,
    () =>
      Effect.gen(function* () {
        const { provider, url } = yield* startBoth(stalled)
        let longest = 0
        for (const stream of [true, false]) {
          for (const script of [FakeProvider.silence, stalled]) {
            provider.respond(script)
            let took = Infinity
            // Once more where the machine itself had a hiccup.
            for (let attempt = 0; attempt < 2 && took > limit; attempt++) {
              const { response, leave } = client(url + path, { ...body, stream })
              const { number } = yield* provider.received(provider.calls.length + 1)
              if (stream && script === stalled) {
                const reader = (yield* Effect.promise(() => response)).body!.getReader()
                yield* Effect.promise(() => reader.read())
              }
              const leftAt = performance.now()
              leave()
              took = (yield* provider.abandoned(number)) - leftAt
            }
            assert(took <= limit, `${stream ? "streamed" : "whole"}, ${script.name}: ${took} ms`)
            longest = Math.max(longest, took)
          }
        }
        console.log(`  hung up within ${longest.toFixed(1)} ms`)
      }).pipe(Effect.timeout("10 seconds"))
  )
}

liveTest(
  `whoever leaves /v1/embeddings hangs up on the provider within ${limit} ms`,
  () =>
    Effect.gen(function* () {
      const asked = Promise.withResolvers<void>()
      const left = Promise.withResolvers<number>()
      const server = yield* Effect.acquireRelease(
        Effect.sync(() =>
          Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
            if (request.method === "GET") return Response.json({ data: [] })
            asked.resolve()
            return new Promise<Response>((resolve) => {
              request.signal.addEventListener("abort", () => {
                left.resolve(performance.now())
                resolve(new Response())
              })
            })
          })
        ),
        (server) => Effect.promise(() => server.shutdown())
      )
      const { url } = yield* start({ env: variablesFor(`http://127.0.0.1:${server.addr.port}`) })
      const { leave } = client(`${url}/v1/embeddings`, {
        model: "text-embedding-3-small",
        input: "Hi"
      })
      yield* Effect.promise(() => asked.promise)
      const leftAt = performance.now()
      leave()
      const took = (yield* Effect.promise(() => left.promise)) - leftAt
      assert(took <= 2 * limit, `${took} ms`)
      console.log(`  hung up within ${took.toFixed(1)} ms`)
    }).pipe(Effect.timeout("10 seconds"))
)
