import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Parameters } from "../../src/domain/Completion.ts"
import { Decisions } from "../../src/gateway/Decisions.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { array, object, string } from "../../src/protocol/json.ts"
import { test } from "../kit/effect.ts"
import { type Setup, simulated } from "../kit/gateway.ts"
import {
  type Call,
  counted,
  cut,
  done,
  json,
  pass,
  piece,
  type Reply,
  role,
  says,
  silence,
  type Step,
  stop,
  streaming
} from "../kit/upstream.ts"
import { providers, setup } from "./places.ts"
import { recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

const rest = streaming(role, says("dear reader, and good night."), stop, counted(30, 7), done)
const halfway = (...end: ReadonlyArray<Step>) =>
  streaming(role, says("Hello, "), says("my "), ...end)

/** Streams `near` once; says what the client saw and who was asked for what. */
const story = (
  replies: Readonly<Record<string, ReadonlyArray<Reply>>>,
  changes: Setup = setup(),
  parameters: Parameters = {}
) => {
  const provider = providers(replies)
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const client = yield* recorder
    const asked = ask(asking("near", parameters))
    const fiber = yield* Effect.forkChild(Effect.exit(gateway.stream(asked, client)))
    for (let step = 0; step < 60; step++) yield* pass(2000)
    yield* Fiber.join(fiber)
    const decision = (yield* Decisions).find(asked.id)
    return {
      text: client.text(),
      ending: client.ending(),
      failure: client.failure(),
      opened: client.story().filter((one) => one === "open").length,
      places: provider.places(),
      calls: provider.calls,
      resumed: decision?.attempts.map(({ resumed }) => resumed) ?? [],
      outcome: decision?.outcome
    }
  }).pipe(Effect.provide(simulated(provider.send, changes)))
}

const lastMessages = ({ body }: Call) =>
  array(body.messages).map((message) => string(object(message)?.role)).slice(-3)

for (
  const [what, broken, places] of [
    ["was cut", halfway(cut), ["one", "one"]],
    ["ended too soon", halfway(), ["one", "one"]],
    ["fell silent", halfway(silence), ["one", "two"]],
    [
      "broke off with an error",
      halfway('data: {"error":{"message":"x","code":"server_error"}}\n\n'),
      ["one", "one"]
    ]
  ] as const
) {
  test(`a stream that ${what} is taken up where it was, and the client sees one answer`, () =>
    Effect.gen(function* () {
      const seen = yield* story({ one: [broken, rest], two: [rest] })
      assertEquals(seen.text, "Hello, my dear reader, and good night.")
      assertEquals(seen.ending?.finishes, [{ choice: 0, reason: "stop" }])
      assertEquals([seen.opened, seen.places, seen.outcome], [1, places, "answered"])
      assertEquals(seen.resumed, [undefined, "instruction"])
      assertEquals(lastMessages(seen.calls[1]!), ["user", "assistant", "user"])
    }))
}

test("the usage of all calls is told, and is mixed where one of them did not report", () =>
  Effect.gen(function* () {
    const { ending } = yield* story({ one: [halfway(cut), rest] })
    // Five for the prompt and four for what came before the cut, and what the second call reports.
    assertEquals(
      [ending?.usage.promptTokens, ending?.usage.completionTokens, ending?.usage.source],
      [30 + 5, 7 + 4, "mixed"]
    )
  }))

test("what the second call repeats is not shown twice", () =>
  Effect.gen(function* () {
    const long = "Once upon a time there was a king who had three daughters"
    const seen = yield* story({
      one: [
        streaming(role, says(`${long}, `), cut),
        streaming(role, says(long), says(", and the youngest was clever."), stop, done)
      ]
    })
    assertEquals(seen.text, `${long}, and the youngest was clever.`)
  }))

test("an answer that is begun anew in other words is not shown: the stream ends in an error", () =>
  Effect.gen(function* () {
    const long = "Once upon a time there was a king who had three daughters. He lived in"
    const other = "Once upon a time there was a king who had three daughters. They were"
    const seen = yield* story({
      one: [streaming(role, says(long), cut), streaming(role, says(other), stop, done)]
    })
    assertEquals([seen.text, seen.ending, seen.failure], [long, undefined, "stream_cut"])
    assertEquals(seen.places, ["one", "one"])
  }))

test("an answer that is begun anew and ends before it is new does not look whole", () =>
  Effect.gen(function* () {
    const long = "Once upon a time there was a king who had three daughters. He lived in"
    const seen = yield* story({
      one: [streaming(role, says(long), cut), streaming(role, says(long.slice(0, 50)), stop, done)]
    })
    assertEquals([seen.text, seen.ending, seen.failure], [long, undefined, "stream_cut"])
  }))

test("a stream of a fallback that breaks is told by its own fault", () =>
  Effect.gen(function* () {
    const unknown = json({ error: { message: "no" } }, { status: 404 })
    const seen = yield* story({ one: [unknown], two: [halfway(cut), unknown] })
    assertEquals([seen.text, seen.failure], ["Hello, my ", "stream_cut"])
    assertEquals(seen.places, ["one", "two", "two"])
  }))

test("a model that takes prefill is given the answer as far as it went", () =>
  Effect.gen(function* () {
    const env = { ANTHROPIC_API_KEY: "sk-ant-test" }
    const event = (type: string, more: object = {}) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
    const start = event("message_start", {
      message: { id: "m", usage: { input_tokens: 9, output_tokens: 1 } }
    }) + event("content_block_start", { index: 0, content_block: { type: "text", text: "" } })
    const text = (text: string) =>
      event("content_block_delta", { index: 0, delta: { type: "text_delta", text } })
    const end = event("content_block_stop", { index: 0 }) +
      event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 4 } }) +
      event("message_stop")
    const provider = providers({
      "api.anthropic.com": [
        streaming(start, text("Hello, "), cut),
        json({ type: "error", error: { type: "invalid_request_error", message: "no prefill" } }, {
          status: 400
        }),
        streaming(start, text("dear reader."), end)
      ]
    })
    yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      const client = yield* recorder
      const asked = ask(asking("claude-haiku-4-5", { reasoningEffort: "none" }))
      const fiber = yield* Effect.forkChild(gateway.stream(asked, client))
      yield* pass(3000)
      yield* Fiber.join(fiber)
      assertEquals(client.text(), "Hello, dear reader.")
      const [, prefilled, instructed] = provider.calls
      assertEquals(lastMessages(prefilled!), ["user", "assistant"])
      // One that takes none after all is asked in the other way: its refusal is nobody's business.
      assertEquals(lastMessages(instructed!), ["user", "assistant", "user"])
    }).pipe(
      Effect.provide(simulated(provider.send, {
        env,
        config: { models: { "claude-haiku-4-5": { stream_recovery: "resume" } } }
      }))
    )
  }))

test("what was only thought may be thought again, unseen", () =>
  Effect.gen(function* () {
    const thought = piece({ reasoning_content: "Hm." })
    const seen = yield* story({
      one: [streaming(role, thought, cut), streaming(role, thought, says("Hi"), stop, done)]
    })
    assertEquals([seen.text, seen.resumed], ["Hi", [undefined, "scratch"]])
  }))

for (
  const [what, changes, parameters, broken] of [
    ["the operator wants none of it", setup({ near: { stream_recovery: "fail" } }), {}, undefined],
    ["nobody stands in", setup({ near: { fallback_models: [] } }), {}, undefined],
    ["several answers were asked for", setup(), { n: 2 }, undefined],
    ["JSON was asked for", setup(), { responseFormat: { type: "json_object" } }, undefined],
    [
      "a tool was called",
      setup(),
      {},
      piece({
        tool_calls: [{ index: 0, id: "c", function: { name: "f", arguments: "{" } }]
      })
    ]
  ] as const
) {
  test(`where ${what}, a broken stream ends in an error, and never looks whole`, () =>
    Effect.gen(function* () {
      const seen = yield* story(
        { one: [broken ? halfway(broken, cut) : halfway(cut), rest], two: [rest] },
        changes,
        parameters
      )
      assertEquals([seen.text, seen.ending, seen.failure], ["Hello, my ", undefined, "stream_cut"])
      assertEquals([seen.places, seen.outcome], [["one"], "failed"])
    }))
}

test("where nobody can take it up, the stream's own fault is told, not the fallback's", () =>
  Effect.gen(function* () {
    const refusal = json({ error: { message: "no" } }, { status: 500 })
    const seen = yield* story({ one: [halfway(cut), refusal], two: [refusal] })
    assertEquals([seen.text, seen.failure], ["Hello, my ", "stream_cut"])
    assert(seen.places.includes("two"))
  }))
