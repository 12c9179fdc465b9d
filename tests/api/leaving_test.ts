import { assert } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import * as FakeProvider from "../kit/FakeProvider.ts"
import { apiKey, start } from "../kit/gateway.ts"
import { serve } from "../kit/RawServer.ts"
import { modelOf, startBoth, variablesFor } from "./upstreams.ts"

/** The longest that hanging up on a provider may take, in milliseconds. */
const limit = 100

const json = { "x-api-key": apiKey, "content-type": "application/json" }
const message = (model: string, stream: boolean) => ({
  model,
  stream,
  max_tokens: 10,
  messages: [{ role: "user", content: "Hi" }]
})
const contents = [{ parts: [{ text: "Hi" }] }]

/** A client that asks, and leaves when told to. */
const client = (url: string, body: unknown) => {
  const leaving = new AbortController()
  const response = fetch(url, {
    method: "POST",
    headers: json,
    body: JSON.stringify(body),
    signal: leaving.signal
  })
  response.catch(() => {})
  return { response, leave: () => leaving.abort() }
}

/** How an answer is asked for, by any model. */
const ways: Record<string, (model: string) => readonly [path: string, body: unknown]> = {
  "messages, whole": (model) => ["/v1/messages", message(model, false)],
  "messages, streamed": (model) => ["/v1/messages", message(model, true)],
  "generateContent": (model) => [`/v1beta/models/${model}:generateContent`, { contents }],
  "streamGenerateContent as events": (model) => [
    `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    { contents }
  ],
  "streamGenerateContent as an array": (model) => [
    `/v1beta/models/${model}:streamGenerateContent`,
    { contents }
  ]
}

const stalled = FakeProvider.answer({ breaks: { after: 1, by: "stall" } })

liveTest(
  `a client of Anthropic's or Gemini's API that leaves hangs up on the provider within ${limit} ms`,
  () =>
    Effect.gen(function* () {
      const { provider, url } = yield* startBoth()
      for (const [way, asking] of Object.entries(ways)) {
        for (const model of Object.values(modelOf)) {
          for (const script of [FakeProvider.silence, stalled]) {
            provider.respond(script)
            let took = Infinity
            // Once more where the machine itself had a hiccup.
            for (let attempt = 0; attempt < 2 && took > limit; attempt++) {
              const [path, body] = asking(model)
              const { leave, response } = client(url + path, body)
              const { number } = yield* provider.received(provider.calls.length + 1)
              if (script === stalled && way.includes("stream")) {
                const reader = (yield* Effect.promise(() => response)).body!.getReader()
                yield* Effect.promise(() => reader.read())
              }
              const leftAt = performance.now()
              leave()
              took = (yield* provider.abandoned(number)) - leftAt
            }
            assert(took <= limit, `${way} of ${model}: ${took} ms`)
          }
        }
      }
    }).pipe(Effect.timeout("20 seconds"))
)

/** A provider that never answers, and tells when a client has left it. */
const mute = Effect.acquireRelease(
  Effect.promise(async () => {
    const asked: Array<{ readonly path: string; readonly over: Promise<void> }> = []
    let arrived = () => {}
    const server = await serve({}, ({ method, path }, peer) => {
      // Whether it is well is asked now and then as well.
      if (method === "POST") asked.push({ path, over: peer.over })
      arrived()
      return peer.over
    })
    const next = async () => {
      while (asked.length === 0) await new Promise<void>((resolve) => arrived = resolve)
      return asked.shift()!
    }
    return { url: `http://127.0.0.1:${server.port}`, next, stop: server.stop }
  }),
  ({ stop }) => Effect.promise(stop)
)

liveTest(
  "so does one that waits for a count or for vectors",
  () =>
    Effect.gen(function* () {
      const provider = yield* mute
      const { url } = yield* start({ env: variablesFor(provider.url) })
      const content = contents[0]
      const table = [
        ["/v1/messages/count_tokens", message(modelOf.anthropic, false)],
        [`/v1beta/models/${modelOf.gemini}:countTokens`, { contents }],
        ["/v1beta/models/gemini-embedding-001:embedContent", { content }],
        ["/v1beta/models/gemini-embedding-001:batchEmbedContents", { requests: [{ content }] }],
        ["/v1beta/models/text-embedding-3-small:embedContent", { content }]
      ] as const
      for (const [path, body] of table) {
        let took = Infinity
        for (let attempt = 0; attempt < 2 && took > limit; attempt++) {
          const { leave } = client(url + path, body)
          const { over } = yield* Effect.promise(provider.next)
          const leftAt = performance.now()
          leave()
          yield* Effect.promise(() => over)
          took = performance.now() - leftAt
        }
        assert(took <= limit, `${path}: ${took} ms`)
      }
    }).pipe(Effect.timeout("10 seconds"))
)
