import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey, hello } from "../../kit/gateway.ts"
import * as Raw from "../../kit/raw.ts"
import { eventsOf, modelOf, postForEvents, postJson, startBoth } from "../upstreams.ts"

/** Asks for a stream, and reads it as it stood on the wire. */
const streamed = (url: string, body: unknown) =>
  Effect.map(
    Raw.ask(url, {
      method: "POST",
      target: "/api/v1/llm/generate/stream",
      headers: [
        ["Host", new URL(url).host],
        ["X-API-Key", apiKey],
        ["Content-Type", "application/json"],
        ["Content-Length", String(new TextEncoder().encode(JSON.stringify(body)).length)]
      ],
      body: JSON.stringify(body)
    }),
    (response) => response!
  )

const textIn = (events: ReturnType<typeof eventsOf>["events"]): string =>
  events.map(({ choices: [choice] }) => choice.delta.content ?? "").join("")

/** Events that are due at once may share a write, which the runtime fills; none is ever cut in two. */
const wholeEvents = /^(data: [^\n]+\n\n)+$/

liveTest(
  "each write to the client is of whole events, however the provider's bytes fall",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      const pieces = Array.from({ length: 40 }, (_, at) => `${at} 春天🌸 `)
      for (const split of [undefined, 3, 1000, 100_000]) {
        provider.respond(FakeProvider.answer({ pieces, split }))
        for (const model of Object.values(modelOf)) {
          const { chunks, body, headers } = yield* streamed(url, hello(model))
          for (const chunk of chunks) assertMatch(chunk, wholeEvents)
          assertEquals(body.includes("\r"), false)
          assertEquals(headers.get("content-type"), "text/event-stream; charset=utf-8")
          const { events, done } = eventsOf(body)
          assertEquals(textIn(events), pieces.join(""), `${model} in pieces of ${split}`)
          assertEquals(events.length, pieces.length + 1)
          assert(done)
          for (const { id, choices } of events) {
            assertEquals(id, headers.get("x-request-id"))
            assertEquals(choices.length, 1)
          }
        }
      }
    })
)

liveTest(
  "the last event before [DONE] has finish reason, usage, cost and model",
  () =>
    Effect.gen(function* () {
      const { api, provider } = yield* startBoth()
      for (const finish of ["stop", "length", "content_filter"] as const) {
        provider.respond(FakeProvider.answer({ finish }))
        for (const model of Object.values(modelOf)) {
          const { events, done } = yield* postForEvents(`${api}/generate/stream`, hello(model))
          const last = events.at(-1)
          assertEquals(last.choices, [{ index: 0, delta: {}, finish_reason: finish }], model)
          assertEquals(last.model, model)
          assertEquals(last.usage.total_tokens, 14)
          assert(last.cost.total_cost > 0)
          assert(done)
          for (const event of events.slice(0, -1)) {
            assertEquals([event.usage, event.cost, event.error], [undefined, undefined, undefined])
            assertEquals(event.choices[0].finish_reason, undefined)
          }
        }
      }
    })
)

liveTest("an answer of nothing is a whole stream of nothing", () =>
  Effect.gen(function* () {
    const { api } = yield* startBoth(FakeProvider.answer({ text: "", pieces: [] }))
    for (const model of Object.values(modelOf)) {
      const { status, events, done } = yield* postForEvents(
        `${api}/generate/stream`,
        hello(model)
      )
      assertEquals([status, events.length, done], [200, 1, true], model)
      assertEquals(events[0].choices, [{ index: 0, delta: {}, finish_reason: "stop" }])
    }
  }))

liveTest(
  "line separators inside of a text do not break its event in two",
  () =>
    Effect.gen(function* () {
      const text = "a\u2028b\u2029c\u0085d\r\ne\nf\rg\u0000h \ud83c\udf38"
      const { url, provider } = yield* startBoth()
      for (const pieces of [[text], [...text]]) {
        provider.respond(FakeProvider.answer({ pieces }))
        for (const model of Object.values(modelOf)) {
          const { body } = yield* streamed(url, hello(model))
          assertEquals(body.split(/\r\n|[\n\r\u0085\u2028\u2029]/), body.split("\n"))
          assertEquals(textIn(eventsOf(body).events), text)
        }
      }
    })
)

liveTest(
  "a failure before the first content is an ordinary error with its status",
  () =>
    Effect.gen(function* () {
      const { api } = yield* startBoth(FakeProvider.answer({ breaks: { after: 0, by: "cut" } }))
      for (const model of Object.values(modelOf)) {
        const { status, headers, body } = yield* postJson(`${api}/generate/stream`, hello(model))
        assertEquals(status, 502)
        assertEquals(headers.get("content-type"), "application/json")
        assertEquals(body.error.code, "MODEL_UNAVAILABLE")
        assertEquals(body.error.request_id, headers.get("x-request-id"))
      }
    })
)

liveTest(
  "a failure after content is one event with the error, and no [DONE]",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(undefined, {
        config: { load_balancing: { failure_threshold: 1000 } }
      })
      for (const by of ["cut", "reset", "end", "error"] as const) {
        provider.respond(FakeProvider.answer({ breaks: { after: 2, by } }))
        for (const model of Object.values(modelOf)) {
          const { status, chunks, body, headers } = yield* streamed(url, hello(model))
          const { events, done } = eventsOf(body)
          assertEquals([status, done], [200, false], `${model} ${by}`)
          for (const chunk of chunks) assertMatch(chunk, wholeEvents)
          const { error, ...last } = events.at(-1)
          const id = headers.get("x-request-id")
          assertEquals(last, { id, choices: [{ index: 0, delta: {} }] })
          assertEquals(error.code, "MODEL_UNAVAILABLE", `${model} ${by}`)
          assertEquals(error.request_id, id)
          assertEquals(textIn(events), "Hello, dear")
          assertEquals(events.filter(({ error }) => error).length, 1)
          assertEquals(body.includes("finish_reason"), false)
        }
      }
    })
)

liveTest(
  "while the model is silent the client is sent comments, each a write of its own",
  () =>
    Effect.gen(function* () {
      const { promise, resolve } = Promise.withResolvers<void>()
      const { url } = yield* startBoth(
        FakeProvider.answer({ breaks: { after: 1, by: "stall", until: promise } }),
        { config: { timeouts: { keep_alive_seconds: 0.02 } } }
      )
      const timer = setTimeout(resolve, 100)
      const { chunks, body } = yield* streamed(url, hello("gpt-4"))
      clearTimeout(timer)
      const comments = chunks.filter((chunk) => chunk.startsWith(":"))
      assert(comments.length > 1, `${comments.length} comments`)
      for (const comment of comments) assertEquals(comment, ": keep-alive\n\n")
      assertEquals(textIn(eventsOf(body).events), "Hello, dear reader")
      assert(eventsOf(body).done)
    })
)

liveTest(
  "content goes to the client as it comes: a write for each event",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth(FakeProvider.answer({ pace: 10 }))
      for (const model of Object.values(modelOf)) {
        const { chunks } = yield* streamed(url, hello(model))
        const content = chunks.filter((chunk) => chunk.includes('"content"'))
        assertEquals(content.map((chunk) => chunk.match(/data: /g)?.length), [1, 1, 1], model)
      }
    })
)
