import { assertEquals } from "@std/assert"
import type { JsonObject } from "../../../src/domain/Completion.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"
import { namedEvents, replay, utf8 } from "../../kit/replay.ts"

interface Event {
  readonly type: string
  readonly [key: string]: unknown
}

const start = (index: number, content_block: unknown): Event => ({
  type: "content_block_start",
  index,
  content_block
})
const change = (index: number, delta: unknown): Event => ({
  type: "content_block_delta",
  index,
  delta
})
const stop = (index: number): Event => ({ type: "content_block_stop", index })
const over = (stop_reason: string, rest: object = {}, delta: object = {}): Event => ({
  type: "message_delta",
  delta: { stop_reason, stop_sequence: null, ...delta },
  ...rest
})

const read = (...events: ReadonlyArray<Event>): ReadonlyArray<Delta> =>
  replay(anthropic, [utf8(namedEvents(...events, { type: "message_stop" }))]).deltas

const foreign = (part: JsonObject): Delta => ({
  _tag: "Foreign",
  choice: 0,
  dialect: "anthropic",
  part
})
const text = (text: string): Delta => ({ _tag: "Text", choice: 0, text })
const finish: Delta = { _tag: "Finish", choice: 0, reason: "stop" }
/** What is told of the end beyond its reason. */
const beyond = (event: Event) =>
  read(start(0, { type: "text" }), event).flatMap((delta) =>
    delta._tag === "Finish" ? [delta.reason, delta.foreign?.part] : []
  )

Deno.test("a block that is not known comes whole, once it is over, with all that came to it", () => {
  const search = { type: "server_tool_use", id: "s", name: "web_search", input: {} }
  const result = { type: "web_search_tool_result", tool_use_id: "s", content: [{ url: "a" }] }
  const delta = { type: "input_json_delta", partial_json: '{"query":"x"}' }
  const later = { type: "delta_of_tomorrow", words: ["x"] }
  assertEquals(
    read(
      start(0, search),
      start(1, { type: "text", text: "" }),
      change(0, delta),
      change(1, { type: "text_delta", text: "a" }),
      change(0, later),
      stop(0),
      change(0, delta),
      stop(1),
      start(2, result),
      over("end_turn")
    ),
    [
      text("a"),
      foreign({ block: search, deltas: [delta, later] }),
      foreign({ block: result }),
      finish
    ]
  )
})

Deno.test("citations are told among the text that they stand in", () => {
  const citation = (cited_text: string) => ({
    type: "citations_delta",
    citation: { type: "char_location", cited_text }
  })
  assertEquals(
    read(
      start(0, { type: "text", text: "", citations: [] }),
      change(0, citation("a")),
      change(0, { type: "text_delta", text: "x" }),
      change(0, citation("b")),
      stop(0),
      start(1, { type: "text", text: "", citations: null }),
      change(1, { type: "text_delta", text: "y" }),
      over("end_turn")
    ),
    [
      foreign({ begins: { type: "text", citations: [] } }),
      foreign({ delta: citation("a") }),
      text("x"),
      foreign({ delta: citation("b") }),
      foreign({ begins: { type: "text" } }),
      text("y"),
      finish
    ]
  )
})

Deno.test("who called a tool is told before the call", () => {
  const caller = { type: "code_execution_20250825", tool_id: "s" }
  assertEquals(
    read(start(0, { type: "tool_use", id: "t", name: "f", input: {}, caller }), over("tool_use")),
    [
      foreign({ begins: { type: "tool_use", caller } }),
      { _tag: "ToolCallStart", choice: 0, index: 0, id: "t", name: "f" },
      { _tag: "ToolCallArguments", choice: 0, index: 0, fragment: "{}" },
      { _tag: "Finish", choice: 0, reason: "tool_calls" }
    ]
  )
})

Deno.test("the end says what our words for it do not", () => {
  assertEquals(beyond(over("end_turn")), ["stop", undefined])
  assertEquals(beyond(over("pause_turn")), ["stop", { delta: { stop_reason: "pause_turn" } }])
  assertEquals(beyond(over("model_context_window_exceeded")), [
    "length",
    { delta: { stop_reason: "model_context_window_exceeded" } }
  ])
  const usage = { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: null }
  assertEquals(beyond(over("end_turn", { usage })), ["stop", undefined])
  const server_tool_use = { web_search_requests: 2 }
  const context_management = { applied_edits: [] }
  const container = { id: "c" }
  assertEquals(
    beyond(
      over("end_turn", { usage: { ...usage, server_tool_use }, context_management }, { container })
    ),
    ["stop", { context_management, delta: { container }, usage: { server_tool_use } }]
  )
})

Deno.test("what is nested too deep is left out, and the rest is read", () => {
  const nested = `${'{"0":'.repeat(50_000)}1${"}".repeat(50_000)}`
  const reader = anthropic.reader()
  const out: Array<Delta> = []
  const block = `{"type":"later","x":${nested}}`
  for (
    const data of [
      `{"type":"content_block_start","index":0,"content_block":${block}}`,
      '{"type":"content_block_stop","index":0}',
      JSON.stringify(start(1, { type: "text", text: "a" })),
      JSON.stringify(over("end_turn"))
    ]
  ) reader.read("", data, out)
  assertEquals(out, [text("a"), finish])
  const content = [JSON.parse(block)]
  assertEquals(anthropic.decode({ content, stop_reason: "end_turn" }), [finish])
})
