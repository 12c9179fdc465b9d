import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { eventsOf } from "../api/upstreams.ts"
import { liveTest } from "../kit/effect.ts"
import * as FakeProvider from "../kit/FakeProvider.ts"
import { hello } from "../kit/gateway.ts"
import * as Process from "../kit/process.ts"

const key = "process-key-of-32-characters-012"

/** A gateway process in front of a fake provider, with one stream under way that goes on at `go`. */
const streaming = Effect.fnUntraced(function* (drainSeconds: number) {
  const { promise, resolve: go } = Promise.withResolvers<void>()
  const provider = yield* FakeProvider.start({
    respond: FakeProvider.answer({ breaks: { after: 1, by: "stall", until: promise } })
  })
  const process = yield* Process.launch({
    env: {
      PENSTOCK_API_KEY: key,
      OPENAI_API_KEY: "sk-test",
      OPENAI_BASE_URL: `${provider.url}/v1`
    },
    yaml: `server:\n  drain_seconds: ${drainSeconds}\n`
  })
  const url = yield* process.url
  const response = yield* Effect.promise(() =>
    fetch(`${url}/api/v1/llm/generate/stream`, {
      method: "POST",
      headers: { "x-api-key": key, "content-type": "application/json" },
      body: JSON.stringify(hello("gpt-4"))
    })
  )
  assertEquals(response.status, 200)
  const text = response.text().catch((cause: Error) => `broken: ${cause.name}`)
  return { process, url, provider, text: Effect.promise(() => text), go }
})

/** Waits until connections to `url` are refused, and says how long that took, in milliseconds. */
const refused = (url: string) =>
  Effect.promise(async () => {
    const since = performance.now()
    const { hostname, port } = new URL(url)
    for (;;) {
      try {
        const connection = await Deno.connect({ hostname, port: Number(port) })
        connection.close()
      } catch {
        return performance.now() - since
      }
      if (performance.now() - since > 5000) return Infinity
      await new Promise((turn) => setTimeout(turn, 5))
    }
  })

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  liveTest(
    `${signal} refuses new connections at once, lets a stream end whole, and exits 0`,
    () =>
      Effect.gen(function* () {
        const { process, url, text, go } = yield* streaming(20)
        process.kill(signal)
        const took = yield* refused(url)
        assert(took < 500, `connections were taken for ${took} ms`)
        go()
        const { events, done } = eventsOf(yield* text)
        assertEquals(done, true)
        assertEquals(events.at(-1).choices[0].finish_reason, "stop")
        assertEquals(yield* process.exited, 0)
        // That the provider was found is told; nothing that went wrong is.
        assertEquals(process.stderr().match(/"level":"(?!info)\w+"/g), null)
      })
  )
}

liveTest(
  "a stream that outlasts drain_seconds is told so, without [DONE], and the exit is 0",
  () =>
    Effect.gen(function* () {
      const { process, provider, text } = yield* streaming(0.2)
      const since = performance.now()
      process.kill("SIGTERM")
      const { events, done } = eventsOf(yield* text)
      const took = performance.now() - since
      assert(took >= 200 && took < 3000, `${took} ms`)
      assertEquals(done, false)
      assertEquals(events.at(-1).error?.details.reason, "shutting_down")
      assertEquals(events.at(-1).error.code, "MODEL_UNAVAILABLE")
      // What it wrote is counted first: Deno may take seconds to load what counts, where many of it run.
      assertEquals(yield* process.exited, 0)
      yield* provider.abandoned(1)
    })
)

liveTest("a second signal ends the process at once", () =>
  Effect.gen(function* () {
    const { process, url, text } = yield* streaming(20)
    process.kill("SIGTERM")
    yield* refused(url)
    const since = performance.now()
    process.kill("SIGTERM")
    assertEquals(yield* process.exited, 1)
    assert(performance.now() - since < 1000)
    const { done } = eventsOf(yield* text)
    assertEquals(done, false)
  }))

liveTest(
  "with nothing under way it stops at once, idle connections or not",
  () =>
    Effect.gen(function* () {
      const process = yield* Process.launch({ env: { PENSTOCK_API_KEY: key } })
      const url = yield* process.url
      const health = yield* Effect.promise(() => fetch(`${url}/health`))
      yield* Effect.promise(() => health.text())
      const since = performance.now()
      process.kill("SIGTERM")
      assertEquals(yield* process.exited, 0)
      assert(performance.now() - since < 2000)
    })
)
