import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readChat } from "../../../src/api/openai/chat/read.ts"
import { GatewayError } from "../../../src/domain/GatewayError.ts"
import { openai } from "../../../src/protocol/openai/mod.ts"
import { law, liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { ask, postForEvents, postJson, startBoth } from "../upstreams.ts"

const chat = "/v1/chat/completions"
const hi = [{ role: "user", content: "Hi" }]

liveTest(
  "a request reaches a provider that speaks OpenAI's dialect as its client wrote it",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      const body = {
        verbosity: "low",
        messages: [
          { content: "Be kind", role: "developer", weight: 1 },
          { role: "user", content: [{ text: "Hi ☃", type: "text", cache: { at: [1, null] } }] }
        ],
        prompt_cache_key: "k",
        stop: "END",
        model: "gpt-4o",
        max_completion_tokens: 9,
        logit_bias: { 50256: -100 },
        store: false
      }
      yield* postJson(url + chat, body)
      const [whole] = provider.calls
      assertEquals(
        JSON.stringify(whole?.body),
        JSON.stringify({ ...body, model: whole?.model })
      )
      yield* postForEvents(url + chat, { ...body, stream: true })
      const streamed = provider.calls[1]
      assertEquals(
        JSON.stringify(streamed?.body),
        JSON.stringify({
          ...body,
          model: streamed?.model,
          stream: true,
          stream_options: { include_usage: true }
        })
      )
      assertEquals(provider.calls.map(({ headers }) => headers.get("authorization")), [
        "Bearer sk-upstream-openai",
        "Bearer sk-upstream-openai"
      ])
    })
)

liveTest(
  "usage that the gateway asked for is not told to a client that did not",
  () =>
    Effect.gen(function* () {
      for (const model of ["gpt-4", "claude-3", "gemini-pro"]) {
        const { url } = yield* startBoth(
          FakeProvider.answer({ usage: { prompt: 2, completion: 3 } })
        )
        const asked = { model, messages: hi, stream: true }
        const plain = yield* postForEvents(url + chat, asked)
        assertEquals(plain.done, true)
        for (const chunk of plain.events) {
          assertEquals([chunk.choices.length, "usage" in chunk], [1, false])
        }
        const told = yield* postForEvents(url + chat, {
          ...asked,
          stream_options: { include_usage: true }
        })
        const last = told.events.at(-1)
        assertEquals([last.choices, last.usage.total_tokens], [[], 5])
        assertEquals(told.events.slice(0, -1).filter(({ usage }) => usage !== null), [])
      }
    })
)

liveTest("an answer is told with its headers, whole and streamed", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth()
    const whole = yield* postJson(url + chat, { model: "gpt-4", messages: hi })
    const { headers } = whole
    assertMatch(headers.get("x-penstock-cost") ?? "", /^\d+\.\d{1,9}$/)
    assertMatch(headers.get("openai-processing-ms") ?? "", /^\d+$/)
    assertEquals(headers.get("x-penstock-attempts"), "1")
    assertEquals(whole.body.id, `chatcmpl-${headers.get("x-request-id")?.slice(4)}`)
    const streamed = yield* postForEvents(url + chat, {
      model: "gpt-4",
      messages: hi,
      stream: true
    })
    assertEquals(streamed.headers.get("content-type"), "text/event-stream; charset=utf-8")
    assertEquals(streamed.headers.get("x-penstock-attempts"), "1")
    const ids = new Set(
      streamed.events.map(({ id, created, model }) => `${id} ${created} ${model}`)
    )
    assertEquals(ids.size, 1)
    assert(streamed.headers.has("openai-processing-ms"))
  }))

liveTest(
  "what OpenAI alone tells comes through: log probabilities, a refusal, two answers",
  () =>
    Effect.gen(function* () {
      const token = { token: "a", logprob: -0.5, bytes: [97], top_logprobs: [] }
      const choices = [
        {
          index: 0,
          message: { role: "assistant", content: "a", refusal: null },
          logprobs: { content: [token], refusal: null },
          finish_reason: "stop"
        },
        {
          index: 1,
          message: { role: "assistant", content: null, refusal: "No." },
          logprobs: null,
          finish_reason: "stop"
        }
      ]
      const { url, provider } = yield* startBoth(FakeProvider.json({ choices }))
      const asked = { model: "gpt-4", messages: hi, n: 2, logprobs: true, top_logprobs: 3 }
      const { body } = yield* postJson(url + chat, asked)
      assertEquals(body.choices, choices)
      const { logprobs, top_logprobs, n } = provider.calls[0]!.body
      assertEquals([logprobs, top_logprobs, n], [true, 3, 2])
      // A provider that answers a stream in one piece is streamed all the same.
      const { events } = yield* postForEvents(url + chat, { ...asked, stream: true })
      const deltas = events.map((
        { choices: [{ index, delta, logprobs }] }
      ) => [index, delta.content ?? delta.refusal ?? "", logprobs?.content?.length ?? 0])
      assertEquals(deltas.filter(([, said]) => said !== ""), [[0, "a", 1], [1, "No.", 0]])
    })
)

liveTest("a signed tool call of Gemini comes back to it signed", () =>
  Effect.gen(function* () {
    const signed = {
      candidates: [{
        content: {
          role: "model",
          parts: [{ functionCall: { name: "f", args: { a: 1 } }, thoughtSignature: "U0lH" }]
        },
        finishReason: "STOP"
      }]
    }
    const { url, provider } = yield* startBoth(FakeProvider.json(signed))
    const tools = [{ type: "function", function: { name: "f" } }]
    const asked = { model: "gemini-pro", messages: hi, tools }
    const { body } = yield* postJson(url + chat, asked)
    const { message } = body.choices[0]
    assertEquals(message.content, null)
    assertEquals(message.tool_calls[0].extra_content, { google: { thought_signature: "U0lH" } })
    const result = { role: "tool", tool_call_id: message.tool_calls[0].id, content: "x" }
    yield* postJson(url + chat, { ...asked, messages: [...hi, message, result] })
    const sent = JSON.stringify(provider.calls[1]?.body)
    assert(sent.includes('"thoughtSignature":"U0lH"'), sent)
  }))

liveTest("HEAD of the models is answered without a body", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth()
    const { status, text } = yield* ask(`${url}/v1/models`, { method: "HEAD" })
    assertEquals([status, text], [200, ""])
  }))

const optional = Schema.optionalKey
const Text = Schema.String
const Name = Schema.Literals(["weather", "now", "f_1"])
const Parts = Schema.NonEmptyArray(
  Schema.Struct({ type: Schema.Literal("text"), text: Schema.NonEmptyString })
)
const Content = Schema.Union([Schema.NonEmptyString, Parts])
const Json = Schema.Struct({ type: Schema.Literal("object"), title: optional(Text) })
const range = (minimum: number, maximum: number) =>
  Schema.Finite.check(Schema.isBetween({ minimum, maximum }))
const whole = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** Requests in which both OpenAI's dialect and the domain can say everything. */
const Body = Schema.Struct({
  model: Schema.Literal("gpt"),
  messages: Schema.NonEmptyArray(Schema.Union([
    Schema.Struct({ role: Schema.Literal("system"), content: Content }),
    Schema.Struct({ role: Schema.Literal("user"), content: Content, name: optional(Name) }),
    Schema.Struct({
      role: Schema.Literal("assistant"),
      content: Content,
      tool_calls: optional(Schema.NonEmptyArray(Schema.Struct({
        id: Name,
        type: Schema.Literal("function"),
        function: Schema.Struct({ name: Name, arguments: Text })
      })))
    }),
    Schema.Struct({ role: Schema.Literal("tool"), tool_call_id: Name, content: Content })
  ])),
  temperature: optional(range(0, 2)),
  max_tokens: optional(whole(1, 1000)),
  top_p: optional(range(0, 1)),
  stop: optional(Schema.NonEmptyArray(Name)),
  seed: optional(whole(-9, 9)),
  presence_penalty: optional(range(-2, 2)),
  frequency_penalty: optional(range(-2, 2)),
  n: optional(whole(1, 128)),
  response_format: optional(Schema.Union([
    Schema.Struct({ type: Schema.Literals(["text", "json_object"]) }),
    Schema.Struct({
      type: Schema.Literal("json_schema"),
      json_schema: Schema.Struct({
        name: Name,
        description: optional(Text),
        schema: Json,
        strict: optional(Schema.Boolean)
      })
    })
  ])),
  tools: Schema.NonEmptyArray(Schema.Struct({
    type: Schema.Literal("function"),
    function: Schema.Struct({
      name: Name,
      description: optional(Text),
      parameters: optional(Json),
      strict: optional(Schema.Boolean)
    })
  })),
  tool_choice: optional(Schema.Union([
    Schema.Literals(["auto", "none", "required"]),
    Schema.Struct({
      type: Schema.Literal("function"),
      function: Schema.Struct({ name: Name })
    })
  ])),
  parallel_tool_calls: optional(Schema.Boolean),
  reasoning_effort: optional(Schema.Literals(["none", "low", "xhigh"])),
  user: optional(Name)
})

/** `value` with every part that is one text as that text: they mean the same. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, item) => {
    if (key !== "content" || !Array.isArray(item) || item.length !== 1) return item
    return item[0].text
  })

law("whatever both can say passes through the domain unchanged", Body, (body) => {
  const read = readChat(body, new Headers())
  if (read instanceof GatewayError) throw new Error(JSON.stringify(read.reason))
  const target = { model: "gpt", stream: false }
  const { original: _, ...foreign } = read.request
  assertEquals(plain(openai().encode(foreign, target).body), plain(body))
  assertEquals(
    JSON.stringify(openai().encode(read.request, target).body),
    JSON.stringify(body)
  )
  return true
})
