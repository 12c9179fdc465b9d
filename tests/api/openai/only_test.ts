import { assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import { readChat } from "../../../src/api/openai/chat/read.ts"
import { GatewayError } from "../../../src/domain/GatewayError.ts"
import type { CompletionRequest } from "../../../src/domain/Completion.ts"
import { openai } from "../../../src/protocol/openai/mod.ts"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { modelOf, postJson, startBoth } from "../upstreams.ts"

const route = "/v1/chat/completions"
const user = { role: "user", content: "Hi" }
const sound = { type: "input_audio", input_audio: { data: "AA==", format: "wav" } }
const file = { type: "file", file: { file_id: "file_1" } }

/** Requests that only a provider of OpenAI's dialect can be asked, and where that stands. */
const requests: ReadonlyArray<readonly [object, string]> = [
  [
    { messages: [{ role: "user", content: [{ type: "text", text: "Hear" }, sound] }] },
    "messages[0].content[1]"
  ],
  [{ messages: [{ role: "user", content: [file] }] }, "messages[0].content[0]"],
  [
    { functions: [{ name: "f", parameters: { type: "object" } }], function_call: "auto" },
    "functions"
  ],
  [{
    messages: [
      user,
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "1" }
    ]
  }, "messages[1].function_call"],
  [
    { messages: [user, { role: "assistant", audio: { id: "audio_1" } }, user] },
    "messages[1].audio"
  ],
  [{ modalities: ["text", "audio"], audio: { voice: "alloy", format: "wav" } }, "audio"],
  [{ prediction: { type: "content", content: "x" } }, "prediction"],
  [{ web_search_options: {} }, "web_search_options"],
  [{ tools: [{ type: "web_search" }] }, "tools[0]"],
  [{ tools: [{ type: "function", function: { name: "f" } }, { type: "web_search" }] }, "tools[1]"]
]

const whole = (fields: object, model: string) => ({ model, messages: [user], ...fields })

liveTest(
  "what only OpenAI's dialect has goes to who speaks it untouched",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      for (const [fields] of requests) {
        const body = whole(fields, modelOf.openai)
        const { status, text } = yield* postJson(url + route, body)
        assertEquals(status, 200, text)
        const call = provider.calls.at(-1)
        assertEquals(JSON.stringify(call?.body), JSON.stringify({ ...body, model: call?.model }))
      }
    })
)

liveTest(
  "for any other provider it is refused by its place, and nobody is asked",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      for (const model of [modelOf.anthropic, modelOf.gemini]) {
        for (const [fields, param] of requests) {
          const { body, status } = yield* postJson(url + route, whole(fields, model), {
            "x-penstock-drop-unsupported": "true"
          })
          assertEquals([status, body.error.param], [400, param])
          assertMatch(
            body.error.message,
            /^\S+: .* can only be passed on to .*\. Leave it out, or ask a model that takes it$/
          )
        }
      }
      assertEquals(provider.calls, [])
    })
)

liveTest(
  "sound and calls of functions come back in a whole answer, and streams are refused",
  () =>
    Effect.gen(function* () {
      const answer = (message: object, finish_reason: string) =>
        FakeProvider.json({
          choices: [{
            index: 0,
            message: { role: "assistant", content: null, ...message },
            finish_reason
          }]
        })
      const audio = { id: "audio_1", data: "AA==", transcript: "Hi", expires_at: 1 }
      const function_call = { name: "f", arguments: "{}" }
      const { url, provider } = yield* startBoth(
        FakeProvider.sequence(
          answer({ audio }, "stop"),
          answer({ function_call }, "function_call")
        )
      )
      const speak = whole({ modalities: ["text", "audio"] }, modelOf.openai)
      const spoken = yield* postJson(url + route, speak)
      assertEquals(spoken.body.choices[0].message.audio, audio)
      const call = whole({ functions: [{ name: "f" }] }, modelOf.openai)
      const called = yield* postJson(url + route, call)
      assertEquals(called.body.choices[0].message.function_call, function_call)
      assertEquals(called.body.choices[0].finish_reason, "function_call")
      for (const body of [speak, call]) {
        const streamed = yield* postJson(url + route, { ...body, stream: true })
        assertEquals([streamed.status, streamed.body.error.param], [400, "stream"])
      }
      assertEquals(provider.calls.length, 2)
    })
)

const read = (fields: object): CompletionRequest => {
  const chat = readChat({ model: "m", messages: [user], ...fields }, new Headers())
  if (chat instanceof GatewayError) throw chat
  return chat.request
}

Deno.test("a provider that needs the messages in other words is not asked without a part of them", () => {
  const request = read({
    messages: [{ role: "developer", content: "Be kind" }, { role: "user", content: [sound] }]
  })
  const lost = (quirks: Parameters<typeof openai>[0]) =>
    openai(quirks).unsupported(request).map(({ path }) => path.join("."))
  assertEquals(lost({}), ["messages.1.content.0"])
  assertEquals(lost({ developerRole: true }), [])
  const named = read({
    tools: [{ type: "function", function: { name: "f" } }, { type: "web_search" }],
    tool_choice: { type: "function", function: { name: "f" } }
  })
  assertEquals(openai().unsupported(named), [])
  assertEquals(
    openai({ namedToolChoice: false }).unsupported(named).map(({ path }) => path),
    [["tools", 1]]
  )
})

Deno.test("where an answer is gone on with, its request still has all that the client said", () => {
  const request = read({ messages: [{ role: "user", content: [sound] }] })
  const begun = {
    role: "assistant" as const,
    content: [{ type: "text" as const, text: "I hear" }],
    reasoning: [],
    toolCalls: []
  }
  const { body } = openai().encode(
    { ...request, messages: [...request.messages, begun] },
    { model: "m", stream: true, maxOutputTokens: undefined }
  )
  assertEquals(body.messages, [
    { role: "user", content: [sound] },
    { role: "assistant", content: "I hear", tool_calls: undefined }
  ])
})
