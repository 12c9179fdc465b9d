import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import * as FakeProvider from "../kit/FakeProvider.ts"
import { apiKey, hello } from "../kit/gateway.ts"
import * as Raw from "../kit/raw.ts"
import { askJson, modelOf, postForEvents, startBoth } from "./upstreams.ts"

/** The longest that hanging up on a provider may take, in milliseconds. */
const limit = 100

const stalled = FakeProvider.answer({ breaks: { after: 1, by: "stall" } })

/** Asks, and leaves when told to. */
const client = (url: string, model: string) => {
  const leaving = new AbortController()
  const response = fetch(url, {
    method: "POST",
    headers: { "x-api-key": apiKey, "content-type": "application/json" },
    body: JSON.stringify(hello(model)),
    signal: leaving.signal
  })
  response.catch(() => {})
  return { response, leave: () => leaving.abort() }
}

/** When a client is said to leave, and how: each with what the provider does meanwhile. */
const moments = {
  "before the first byte of a stream": { path: "/generate/stream", script: FakeProvider.silence },
  "in the middle of a stream": { path: "/generate/stream", script: stalled },
  "while an answer in one piece is written": { path: "/generate", script: FakeProvider.silence },
  "in the middle of an answer in one piece": { path: "/generate", script: stalled }
}

for (const [moment, { path, script }] of Object.entries(moments)) {
  liveTest(
    `a client that leaves ${moment} hangs up on the provider within ${limit} ms`,
    () =>
      Effect.gen(function* () {
        const { api, provider } = yield* startBoth(script)
        const longest: Array<number> = []
        for (const model of Object.values(modelOf)) {
          let took = Infinity
          // Once more where the machine itself had a hiccup.
          for (let attempt = 0; attempt < 2 && took > limit; attempt++) {
            const { response, leave } = client(api + path, model)
            const { number } = yield* provider.received(provider.calls.length + 1)
            if (moment === "in the middle of a stream") {
              const reader = (yield* Effect.promise(() => response)).body!.getReader()
              yield* Effect.promise(() => reader.read())
            }
            const leftAt = performance.now()
            leave()
            took = (yield* provider.abandoned(number)) - leftAt
          }
          assert(took <= limit, `${model}: ${took} ms`)
          longest.push(took)
        }
        console.log(`  hung up within ${Math.max(...longest).toFixed(1)} ms`)
      }).pipe(Effect.timeout("10 seconds"))
  )
}

liveTest(
  "C4: a connection that the client closes or half-closes is a client that left",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(stalled)
      const body = JSON.stringify(hello("gpt-4"))
      const bytes = Raw.write({
        method: "POST",
        target: "/api/v1/llm/generate/stream",
        headers: [
          ["Host", new URL(url).host],
          ["X-API-Key", apiKey],
          ["Content-Type", "application/json"],
          ["Content-Length", String(body.length)]
        ],
        body
      })
      for (const end of ["close", "closeWrite"] as const) {
        const { port } = new URL(url)
        const connection = yield* Effect.promise(() => Deno.connect({ port: Number(port) }))
        yield* Effect.promise(() => connection.write(bytes))
        const { number } = yield* provider.received(provider.calls.length + 1)
        yield* Effect.promise(() => connection.read(new Uint8Array(1000)))
        const leftAt = performance.now()
        yield* Effect.promise(() => Promise.resolve(connection[end]()))
        const took = (yield* provider.abandoned(number)) - leftAt
        if (end === "closeWrite") connection.close()
        assert(took <= 2 * limit, `${end}: ${took} ms`)
      }
    }).pipe(Effect.timeout("10 seconds"))
)

liveTest(
  "100 clients that leave at once leave no connection open upstream",
  () =>
    Effect.gen(function* () {
      const { api, provider } = yield* startBoth(stalled)
      // Whatever connections are kept for later are there now.
      provider.respond(FakeProvider.answer())
      for (const model of Object.values(modelOf)) {
        yield* postForEvents(`${api}/generate/stream`, hello(model))
      }
      provider.respond(stalled)
      const kept = provider.active()
      const before = provider.calls.length
      const models = Object.values(modelOf)
      const clients = Array.from(
        { length: 100 },
        (_, at) => client(`${api}/generate/stream`, models[at % 3]!)
      )
      yield* Effect.promise(() => Promise.all(clients.map(({ response }) => response)))
      assertEquals(provider.calls.length, before + 100)
      const leftAt = performance.now()
      clients.forEach(({ leave }) => leave())
      for (let number = before + 1; number <= before + 100; number++) {
        yield* provider.abandoned(number)
      }
      console.log(`  all gone within ${(performance.now() - leftAt).toFixed(1)} ms`)
      assert(provider.active() <= kept, `${provider.active()} open, ${kept} before`)
      const { body } = yield* askJson(`${api}/supervision`)
      for (const { name, calls } of body.actors) {
        assertEquals([calls.in_flight, calls.waiting], [0, 0], name)
      }
      provider.respond(FakeProvider.answer())
      assert((yield* postForEvents(`${api}/generate/stream`, hello("gpt-4"))).done)
    }).pipe(Effect.timeout("10 seconds"))
)
