/**
 * What only Anthropic's clients understand, on its way from Anthropic to them.
 *
 * @module
 */
import Anthropic from "@anthropic-ai/sdk"
import { assertEquals, equal } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { eventsOf } from "../../../src/api/anthropic/events.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import type { Usage } from "../../../src/domain/Usage.ts"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"
import { law, test } from "../../kit/effect.ts"
import { namedEvents, replay, utf8 } from "../../kit/replay.ts"

/** A message as the official SDK adds it up of the events in `sse`. */
const accumulated = async (sse: string) => {
  const headers = { "content-type": "text/event-stream" }
  const client = new Anthropic({
    apiKey: "k",
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(sse, { headers }))
  })
  const { parsed_output: _, ...message } = await client.messages
    .stream({ model: "m", max_tokens: 1, messages: [{ role: "user", content: "Hi" }] })
    .finalMessage()
  return JSON.parse(JSON.stringify(message))
}

/** The same answer as the gateway passes it on: read by the dialect, written by the surface. */
const passedOn = (sse: string): string => {
  const { deltas, fault } = replay(anthropic, [utf8(sse)])
  assertEquals(fault, undefined)
  const events = eventsOf("req_1")
  let usage: Usage | undefined
  let text = events.open({ model: "m", usage })
  const finishes = []
  for (const delta of deltas) {
    if (delta._tag === "Usage") usage = delta.usage
    else if (delta._tag === "Finish") finishes.push(delta)
    else text += events.delta(delta)
  }
  return text + events.finish({ model: "m", finishes, usage: usage!, cost: undefined }).join("")
}

const Texts = Schema.NonEmptyArray(Schema.NonEmptyString)
const Input = Schema.Record(Schema.String, Schema.Json)
/** What a block begins with, and what comes to it. */
const Block = Schema.Union([
  Schema.Struct({
    type: Schema.Literal("text"),
    texts: Texts,
    citations: Schema.UndefinedOr(Schema.Array(Schema.Struct({ cited_text: Schema.String })))
  }),
  Schema.Struct({
    type: Schema.Literal("thinking"),
    texts: Schema.Array(Schema.String),
    signature: Schema.NonEmptyString
  }),
  Schema.Struct({ type: Schema.Literal("redacted_thinking"), data: Schema.NonEmptyString }),
  Schema.Struct({
    type: Schema.Literals(["tool_use", "server_tool_use", "mcp_tool_use"]),
    input: Input,
    caller: Schema.UndefinedOr(Schema.Struct({ type: Schema.String }))
  }),
  Schema.Struct({
    type: Schema.Literals(["web_search_tool_result", "container_upload", "of_tomorrow"]),
    content: Schema.Json
  })
])
const Told = Schema.Struct({
  blocks: Schema.Array(Block),
  stop: Schema.Literals(["end_turn", "stop_sequence", "pause_turn", "refusal", "of_tomorrow"]),
  searches: Schema.UndefinedOr(Schema.Int)
})

const eventsOfBlock = (block: typeof Block.Type, index: number) => {
  const around = (content_block: object, deltas: ReadonlyArray<object>) => [
    { type: "content_block_start", index, content_block },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index }
  ]
  const { type } = block
  switch (block.type) {
    case "text":
      return around(block.citations ? { type, text: "", citations: [] } : { type, text: "" }, [
        ...(block.citations ?? []).map((citation) => ({ type: "citations_delta", citation })),
        ...block.texts.map((text) => ({ type: "text_delta", text }))
      ])
    case "thinking":
      return around({ type, thinking: "", signature: "" }, [
        ...block.texts.map((thinking) => ({ type: "thinking_delta", thinking })),
        { type: "signature_delta", signature: block.signature }
      ])
    case "redacted_thinking":
      return around(block, [])
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use": {
      const { input, caller } = block
      const text = JSON.stringify(input)
      const began = { type, id: `${type}_${index}`, name: "look", input: {} }
      return around(
        caller ? { ...began, caller } : began,
        [text.slice(0, 7), text.slice(7)].map((partial_json) => ({
          type: "input_json_delta",
          partial_json
        }))
      )
    }
    default:
      return around(block, [])
  }
}

const counts = {
  input_tokens: 9,
  cache_creation_input_tokens: 2,
  cache_read_input_tokens: 3,
  output_tokens: 7
}

/** The bytes of Anthropic's own answer. */
const answered = ({ blocks, stop, searches }: typeof Told.Type): string => {
  const callsTools = blocks.some(({ type }) => type === "tool_use")
  const delta = {
    stop_reason: callsTools ? "tool_use" : stop,
    stop_sequence: !callsTools && stop === "stop_sequence" ? "END" : null,
    stop_details: !callsTools && stop === "refusal" ? { type: stop, category: "cyber" } : null
  }
  const message = {
    ...{ id: "msg_1", type: "message", role: "assistant", model: "m", content: [] },
    ...{ stop_reason: null, stop_sequence: null, stop_details: null },
    usage: { ...counts, output_tokens: 1 }
  }
  const searched = searches === undefined
    ? {}
    : { server_tool_use: { web_search_requests: searches } }
  return namedEvents(
    { type: "message_start", ...{ message } },
    ...blocks.flatMap(eventsOfBlock),
    { type: "message_delta", ...{ delta, usage: { ...counts, ...searched } } },
    { type: "message_stop" }
  )
}

law("a stream of any blocks is what Anthropic said itself, by the official SDK", Told, (told) => {
  const sse = answered(told)
  return Effect.promise(async () => equal(await accumulated(passedOn(sse)), await accumulated(sse)))
})

test("a search of the web is passed on with its citations, in its place", () =>
  Effect.promise(async () => {
    const citation = { type: "web_search_result_location", url: "https://a.b", cited_text: "c" }
    const sse = answered({
      blocks: [
        { type: "text", texts: ["Let me ", "look."], citations: undefined },
        { type: "server_tool_use", input: { query: "x" }, caller: { type: "direct" } },
        { type: "web_search_tool_result", content: [{ type: "web_search_result", url: "a.b" }] },
        { type: "text", texts: ["It is "], citations: undefined },
        { type: "text", texts: ["so"], citations: [citation] },
        { type: "text", texts: [", I ", "think."], citations: undefined }
      ],
      stop: "pause_turn",
      searches: 1
    })
    const message = await accumulated(passedOn(sse))
    assertEquals(message, await accumulated(sse))
    assertEquals(message.content, [
      { type: "text", text: "Let me look." },
      {
        type: "server_tool_use",
        id: "server_tool_use_1",
        name: "look",
        input: { query: "x" },
        caller: { type: "direct" }
      },
      {
        type: "web_search_tool_result",
        content: [{ type: "web_search_result", url: "a.b" }]
      },
      { type: "text", text: "It is " },
      { type: "text", text: "so", citations: [citation] },
      { type: "text", text: ", I think." }
    ])
    assertEquals(message.stop_reason, "pause_turn")
    assertEquals(message.usage.server_tool_use, { web_search_requests: 1 })
  }))

Deno.test("what begins a text is not told of a tool call, nor the words of another dialect", () => {
  const events = eventsOf("req_1")
  const foreign = (dialect: "anthropic" | "gemini", part: Record<string, { type: string }>) =>
    ({ _tag: "Foreign", choice: 0, dialect, part }) satisfies Delta
  assertEquals(events.delta(foreign("anthropic", { begins: { type: "text" } })), "")
  assertEquals(events.delta(foreign("gemini", { block: { type: "later" } })), "")
  assertEquals(
    events.delta({ _tag: "ToolCallStart", choice: 0, index: 0, id: "a", name: "f" }),
    'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}\n\n'
  )
})
