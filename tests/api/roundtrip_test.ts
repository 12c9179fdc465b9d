import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import * as FakeProvider from "../kit/FakeProvider.ts"
import { hello } from "../kit/gateway.ts"
import { dataEvents, namedEvents } from "../kit/replay.ts"
import { modelOf, postForEvents, postJson, startBoth } from "./upstreams.ts"

/** Answers with a stream of this text. */
const stream = (body: string) =>
  FakeProvider.status(200, { headers: { "content-type": "text/event-stream" }, body })

// With a space that no encoder would write: arguments go back as they came.
const calls = [
  { id: "toolu_01A", name: "weather", arguments: '{"city": "München", "days":2}' },
  { id: "toolu_01B", name: "time", arguments: "{}" }
]

const blocks = [
  { type: "thinking", thinking: "Two things are asked.", signature: "Eq+first/sig==" },
  { type: "redacted_thinking", data: "EncryptedAndShownToNobody==" },
  { type: "thinking", thinking: "Both at once.", signature: "Eq+second/sig==" },
  { type: "text", text: "Let me look." },
  ...calls.map((call) => ({
    type: "tool_use",
    id: call.id,
    name: call.name,
    input: JSON.parse(call.arguments)
  }))
]

/** How a block streams: empty at first, then in pieces. */
const streamedBlock = (block: Record<string, unknown>, index: number) => {
  const delta = (delta: object) => ({ type: "content_block_delta", index, delta })
  const [start, deltas] = block.type === "thinking"
    ? [{ ...block, thinking: "", signature: "" }, [
      delta({ type: "thinking_delta", thinking: String(block.thinking).slice(0, 5) }),
      delta({ type: "thinking_delta", thinking: String(block.thinking).slice(5) }),
      delta({ type: "signature_delta", signature: block.signature })
    ]]
    : block.type === "text"
    ? [{ ...block, text: "" }, [delta({ type: "text_delta", text: block.text })]]
    : block.type === "tool_use"
    ? [{ ...block, input: {} }, [
      delta({ type: "input_json_delta", partial_json: JSON.stringify(block.input) })
    ]]
    : [block, []]
  return [
    { type: "content_block_start", index, content_block: start },
    ...deltas,
    { type: "content_block_stop", index }
  ]
}

const message = { id: "msg_1", type: "message", role: "assistant", model: "m", content: [] }
const anthropic = {
  whole: FakeProvider.json({
    ...message,
    content: blocks,
    stop_reason: "tool_use",
    usage: { input_tokens: 5, output_tokens: 7 }
  }),
  stream: stream(namedEvents(
    { type: "message_start", ...{ message: { ...message, usage: { input_tokens: 5 } } } },
    ...blocks.flatMap(streamedBlock),
    {
      type: "message_delta",
      ...{ delta: { stop_reason: "tool_use" }, usage: { output_tokens: 7 } }
    },
    { type: "message_stop" }
  ))
}

const parts = [
  { text: "Two things are asked.", thought: true },
  { text: "Let me look." },
  ...calls.map(({ id, name, arguments: args }, at) => ({
    functionCall: { id, name, args: JSON.parse(args) },
    ...(at === 0 ? { thoughtSignature: "CiQB/signed+by==" } : {})
  }))
]
const candidates = (parts: ReadonlyArray<object>, finish: object = {}) => ({
  candidates: [{ content: { role: "model", parts }, index: 0, ...finish }]
})
const gemini = {
  whole: FakeProvider.json(candidates(parts, { finishReason: "STOP" })),
  stream: stream(dataEvents(
    ...parts.map((part) => candidates([part])),
    candidates([{ text: "" }], { finishReason: "STOP" })
  ))
}

const toolCalls = calls.map(({ id, ...call }, index) => ({
  index,
  id,
  type: "function" as const,
  function: call
}))
const openai = {
  whole: FakeProvider.json({
    choices: [{
      index: 0,
      message: { role: "assistant", content: "Let me look.", tool_calls: toolCalls },
      finish_reason: "tool_calls"
    }]
  }),
  stream: stream(dataEvents(
    { choices: [{ index: 0, delta: { content: "Let me look." } }] },
    ...toolCalls.map((call) => ({ choices: [{ index: 0, delta: { tool_calls: [call] } }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
    "[DONE]"
  ))
}

/** What the second turn must tell the provider of the first, in its own words. */
const kept = {
  openai: (body: Record<string, unknown>) => {
    const [, said] = Array.from(Object(body.messages))
    assertEquals(
      said,
      {
        role: "assistant",
        content: "Let me look.",
        tool_calls: toolCalls.map(({ index: _, ...call }) => call)
      }
    )
  },
  anthropic: (body: Record<string, unknown>) => {
    const [, said] = Array.from(Object(body.messages))
    // Where the thinking was is not told: before all else is where it must be.
    assertEquals(said, { role: "assistant", content: blocks })
  },
  gemini: (body: Record<string, unknown>) => {
    const [, said] = Array.from(Object(body.contents))
    assertEquals(said, { role: "model", parts: parts.filter((part) => !("thought" in part)) })
  }
}

const tool = (name: string) => ({
  type: "function",
  function: { name, parameters: { type: "object", properties: { city: { type: "string" } } } }
})
const asked = hello("", { tools: calls.map(({ name }) => tool(name)) })
const results = calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: `Of ${id}` }))

/** A message put together from the events of a stream, as a client would. */
const assembled = (events: ReadonlyArray<{ choices: ReadonlyArray<{ delta: Delta }> }>) => {
  const details: Array<unknown> = []
  const made: Array<{ function: { arguments: string } }> = []
  let content = ""
  for (const { choices: [choice] } of events) {
    const delta = choice!.delta
    content += delta.content ?? ""
    details.push(...delta.reasoning_details ?? [])
    for (const { index, ...piece } of delta.tool_calls ?? []) {
      const call = made[index]
      if (call) call.function.arguments += piece.function.arguments
      else made[index] = structuredClone(piece)
    }
  }
  const reasoning = details.length > 0 ? { reasoning_details: details } : {}
  return { role: "assistant", content, tool_calls: made, ...reasoning }
}

interface Delta {
  readonly content?: string
  readonly reasoning_details?: ReadonlyArray<unknown>
  readonly tool_calls?: ReadonlyArray<{ index: number; function: { arguments: string } }>
}

const scripts = { openai, anthropic, gemini }

for (const dialect of ["openai", "anthropic", "gemini"] as const) {
  for (const shape of ["whole", "stream"] as const) {
    liveTest(
      `tool calls and signatures go back to ${dialect} as they came, ${shape}`,
      () =>
        Effect.gen(function* () {
          const { api, provider } = yield* startBoth(scripts[dialect][shape])
          const first = { ...asked, model: modelOf[dialect] }
          const said = shape === "whole"
            ? (yield* postJson(`${api}/generate`, first)).body.choices[0].message
            : assembled((yield* postForEvents(`${api}/generate/stream`, first)).events)
          assertEquals(said.content, "Let me look.")
          assertEquals(said.tool_calls.length, 2)
          const second = yield* postJson(`${api}/generate`, {
            ...first,
            messages: [...first.messages, said, ...results]
          })
          assertEquals(second.status === 200 || shape === "stream", true, second.text)
          kept[dialect](provider.calls[1]!.body)
          const sent = JSON.stringify(provider.calls[1]!.body)
          for (const { content } of results) assert(sent.includes(content), content)
        })
    )
  }
}

liveTest("a signature goes back to nobody but who made it", () =>
  Effect.gen(function* () {
    const { api, provider } = yield* startBoth(anthropic.whole)
    const first = { ...asked, model: modelOf.anthropic }
    const { body } = yield* postJson(`${api}/generate`, first)
    provider.respond(FakeProvider.answer())
    for (const model of [modelOf.openai, modelOf.gemini]) {
      const { status } = yield* postJson(`${api}/generate`, {
        ...first,
        model,
        messages: [...first.messages, body.choices[0].message, ...results]
      })
      assertEquals(status, 200)
      const sent = JSON.stringify(provider.calls.at(-1)!.body)
      assertEquals(/Eq\+|EncryptedAndShown/.test(sent), false, model)
      assert(sent.includes("München"))
    }
  }))

/** Whether `part` stands somewhere in `whole`. */
const holds = (whole: unknown, part: unknown): boolean =>
  JSON.stringify(whole) === JSON.stringify(part) ||
  (typeof whole === "object" && whole !== null &&
    Object.values(whole).some((value) => holds(value, part)))

liveTest("images reach each provider in its own words", () =>
  Effect.gen(function* () {
    const { api, provider } = yield* startBoth()
    const data = "iVBORw0KGgo="
    const url = "https://example.com/cat.png"
    const image = (url: string) => ({ type: "image_url", image_url: { url } })
    const expected = {
      openai: [{ url: `data:image/png;base64,${data}` }, { url }],
      anthropic: [{ type: "base64", media_type: "image/png", data }, { type: "url", url }],
      gemini: [{ mimeType: "image/png", data }, { mimeType: "image/png", fileUri: url }]
    }
    for (const dialect of ["openai", "anthropic", "gemini"] as const) {
      const { status, text } = yield* postJson(`${api}/generate`, {
        model: modelOf[dialect],
        messages: [{
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            image(`data:image/png;base64,${data}`),
            image(url)
          ]
        }]
      })
      assertEquals(status, 200, text)
      const { body } = provider.calls.at(-1)!
      for (const part of expected[dialect]) assert(holds(body, part), JSON.stringify(body))
    }
  }))

liveTest("a JSON schema and its tools reach each provider whole", () =>
  Effect.gen(function* () {
    const { api, provider } = yield* startBoth(FakeProvider.answer({ text: '{"name":"Ada"}' }))
    const schema = {
      type: "object",
      properties: { name: { type: "string", description: "Whose?" } },
      required: ["name"],
      additionalProperties: false
    }
    for (const model of Object.values(modelOf)) {
      const { status, body, text } = yield* postJson(
        `${api}/generate`,
        hello(model, {
          response_format: { type: "json_schema", json_schema: { name: "person", schema } },
          max_tokens: 77
        })
      )
      assertEquals(status, 200, text)
      assertEquals(JSON.parse(body.choices[0].message.content), { name: "Ada" })
      const sent = provider.calls.at(-1)!.body
      assert(holds(sent, schema), JSON.stringify(sent))
      assert(holds(sent, 77))
      yield* postJson(`${api}/generate`, {
        ...asked,
        model,
        parameters: { ...asked.parameters, tool_choice: "required" }
      })
      assert(holds(provider.calls.at(-1)!.body, tool("weather").function.parameters))
    }
  }))
