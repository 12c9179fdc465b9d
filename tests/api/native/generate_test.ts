import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { hello, post } from "../../kit/gateway.ts"
import { modelOf, postForEvents, postJson, startBoth } from "../upstreams.ts"

liveTest(
  "an answer in one piece is as the contract says, from every dialect",
  () =>
    Effect.gen(function* () {
      const { api, provider } = yield* startBoth(FakeProvider.answer({ text: "人工智能（AI）是…" }))
      for (const model of Object.values(modelOf)) {
        const { status, headers, body } = yield* postJson(`${api}/generate`, {
          model,
          messages: [{ role: "user", content: "你好，請介紹一下人工智能" }],
          parameters: { temperature: 0.7, max_tokens: 1000, stream: false }
        })
        assertEquals(status, 200, model)
        assertEquals(headers.get("content-type"), "application/json")
        assertEquals(body.id, headers.get("x-request-id"))
        assertMatch(body.id, /^req_[0-9a-f]{32}$/)
        assertEquals(body.model, model)
        assertEquals(body.choices, [{
          index: 0,
          message: { role: "assistant", content: "人工智能（AI）是…" },
          finish_reason: "stop"
        }])
        const { prompt_tokens, completion_tokens, total_tokens, source } = body.usage
        assertEquals([prompt_tokens, completion_tokens, total_tokens], [11, 1, 12])
        assertEquals(source, "reported")
        assert(body.cost.input_cost > 0 && body.cost.output_cost > 0)
        // Compared in nano-dollars, in which they are whole.
        const nanos = (dollars: number) => Math.round(dollars * 1e9)
        assertEquals(
          nanos(body.cost.total_cost),
          nanos(body.cost.input_cost) + nanos(body.cost.output_cost)
        )
      }
      assertEquals(provider.strays, [])
    })
)

liveTest(
  '"parameters.stream": true answers as /generate/stream does',
  () =>
    Effect.gen(function* () {
      const { api } = yield* startBoth()
      for (const path of ["/generate", "/generate/stream"]) {
        const { status, headers, events, done } = yield* postForEvents(
          api + path,
          hello("gpt-4", path === "/generate" ? { stream: true } : {})
        )
        assertEquals(status, 200)
        assertStringIncludes(headers.get("content-type") ?? "", "text/event-stream")
        const text = events.map(({ choices: [choice] }) => choice.delta.content ?? "").join("")
        assertEquals(text, "Hello, dear reader")
        assert(done)
      }
    })
)

liveTest("an unknown price is null, and never 0", () =>
  Effect.gen(function* () {
    const { api } = yield* startBoth(undefined, {
      config: { models: { "my-model": { provider: "openai" } } }
    })
    const whole = yield* postJson(`${api}/generate`, hello("my-model"))
    assertEquals(whole.body.cost, null)
    const streamed = yield* postForEvents(`${api}/generate/stream`, hello("my-model"))
    assertEquals(streamed.events.at(-1).cost, null)
  }))

liveTest("several answers are as many choices, whole and streamed", () =>
  Effect.gen(function* () {
    const { api, provider } = yield* startBoth()
    const choice = (index: number) => ({
      index,
      message: { role: "assistant", content: `Answer ${index}` },
      finish_reason: "stop"
    })
    provider.respond(FakeProvider.json({ choices: [choice(0), choice(1)], usage: {} }))
    const { body } = yield* postJson(`${api}/generate`, hello("gpt-4o", { n: 2 }))
    assertEquals(
      body.choices.map(({ message }: { message: { content: string } }) => message.content),
      ["Answer 0", "Answer 1"]
    )
    assertEquals(provider.calls[0]!.body.n, 2)
  }))

liveTest(
  "what a model cannot honour is refused by name, and left out where that is allowed",
  () =>
    Effect.gen(function* () {
      const { api, provider } = yield* startBoth()
      const asked = hello("claude-3", { seed: 7, presence_penalty: 1 })
      const refused = yield* postJson(`${api}/generate`, asked)
      assertEquals(refused.status, 400)
      assertEquals(refused.body.error.code, "INVALID_REQUEST")
      assertEquals(
        refused.body.error.details.issues.map(({ path }: { path: string }) => path).toSorted(),
        ["parameters.presence_penalty", "parameters.seed"]
      )
      assertEquals(provider.calls.length, 0)
      const dropped = yield* postJson(`${api}/generate`, { ...asked, drop_unsupported: true })
      assertEquals(dropped.status, 200)
      assertEquals(Object.keys(provider.calls[0]!.body).includes("seed"), false)
    })
)

liveTest("the header says what is left out where the body does not", () =>
  Effect.gen(function* () {
    const { api, provider } = yield* startBoth()
    const seeded = hello("claude-3", { seed: 7 })
    const ask = (path: string, said: string, more: object = {}) =>
      post(`${api}${path}`, { ...seeded, ...more }, {
        headers: { "x-penstock-drop-unsupported": said }
      })
    for (const path of ["/generate", "/generate/stream", "/route/explain"]) {
      const taken = yield* ask(path, "True ")
      assertEquals(taken.status, 200, path)
      const text = yield* Effect.promise(() => taken.text())
      if (path === "/route/explain") assert(!text.includes("cannot_honour"), text)
      else assertEquals(taken.headers.get("x-penstock-dropped"), "parameters.seed")
      const wrong = yield* ask(path, "yes")
      assertEquals(wrong.status, 400, path)
      const { error } = yield* Effect.promise(() => wrong.json())
      assertEquals(error.details.reason, "invalid_header")
    }
    // As with the flag in the body, so are fields that nobody knows.
    const unknown = yield* ask("/generate", "true", { colour: "red" })
    assertEquals(unknown.status, 200)
    yield* Effect.promise(() => unknown.text())
    const asked = provider.calls.length
    const statusOf = (said: string, more?: object) =>
      Effect.flatMap(
        ask("/generate", said, more),
        (response) => Effect.promise(() => response.text().then(() => response.status))
      )
    for (
      const no of [{ drop_unsupported: false }, {
        parameters: { seed: 7, drop_unsupported: false }
      }]
    ) {
      assertEquals(yield* statusOf("true", no), 400)
    }
    assertEquals(yield* statusOf("false"), 400)
    assertEquals(yield* statusOf("false", { drop_unsupported: true }), 200)
    assertEquals(provider.calls.length, asked + 1)
  }))

liveTest(
  "the faults of a body are told by path and message, all at once",
  () =>
    Effect.gen(function* () {
      const { api } = yield* startBoth()
      const { status, body } = yield* postJson(`${api}/generate`, {
        model: 7,
        messages: [{ role: "nobody", content: "x" }],
        parameters: { temperature: 3, max_tokens: 1.5, colour: "red" }
      })
      assertEquals(status, 400)
      const paths = body.error.details.issues.map(({ path }: { path: string }) => path)
      for (
        const path of [
          "model",
          "parameters.temperature",
          "parameters.max_tokens",
          "parameters.colour"
        ]
      ) assert(paths.includes(path), `${path} in ${paths}`)
      assert(paths.some((path: string) => path.startsWith("messages.0")), String(paths))
      assertEquals(body.error.details.reason, "invalid_request")
    })
)
