import { assertEquals } from "@std/assert"
import { type Delta } from "../../../src/domain/Delta.ts"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"
import { namedEvents, replay, utf8 } from "../../kit/replay.ts"

interface Event {
  readonly type: string
  readonly [key: string]: unknown
}

const usage = (input_tokens: unknown, output_tokens: unknown, rest: object = {}) => ({
  input_tokens,
  output_tokens,
  ...rest
})
const begin = (counted?: object): Event => ({
  type: "message_start",
  message: { type: "message", content: [], stop_reason: null, usage: counted }
})
const start = (index: unknown, content_block: unknown): Event => ({
  type: "content_block_start",
  index,
  content_block
})
const text = (index: unknown, text: string): Event => ({
  type: "content_block_delta",
  index,
  delta: { type: "text_delta", text }
})
const thinking = (index: number, delta: object): Event => ({
  type: "content_block_delta",
  index,
  delta
})
const json = (index: number, partial_json: string): Event => ({
  type: "content_block_delta",
  index,
  delta: { type: "input_json_delta", partial_json }
})
const stop = (index: number): Event => ({ type: "content_block_stop", index })
const over = (stop_reason: string | null, counted?: object): Event => ({
  type: "message_delta",
  delta: { stop_reason, stop_sequence: null },
  usage: counted
})
const end: Event = { type: "message_stop" }
const ping: Event = { type: "ping" }

const read = (...events: ReadonlyArray<Event>) => {
  const { deltas, fault } = replay(anthropic, [utf8(namedEvents(...events))])
  return { deltas, fault: fault?.class }
}
const counted = (...events: ReadonlyArray<Event>) =>
  read(...events).deltas.flatMap((delta) => delta._tag === "Usage" ? [delta.usage] : [])

const said = (text: string): Delta => ({ _tag: "Text", choice: 0, text })
const finish = (reason: "stop" | "length" | "tool_calls"): Delta => ({
  _tag: "Finish",
  choice: 0,
  reason
})
const empty = { type: "text", text: "" }

Deno.test("text comes out as it comes in, and the stop reason finishes it", () => {
  assertEquals(
    read(
      begin(),
      start(0, empty),
      ping,
      text(0, "春"),
      text(0, ""),
      text(0, "天"),
      stop(0),
      over("max_tokens"),
      end
    ),
    { deltas: [said("春"), said("天"), finish("length")], fault: undefined }
  )
})

Deno.test("a block may begin with content", () => {
  assertEquals(
    read(
      start(0, { type: "thinking", thinking: "H", signature: "s0" }),
      thinking(0, { type: "thinking_delta", thinking: "m" }),
      stop(0),
      start(1, { type: "text", text: "a" }),
      text(1, "b"),
      over("end_turn")
    ).deltas,
    [
      { _tag: "Reasoning", choice: 0, text: "H" },
      { _tag: "Reasoning", choice: 0, text: "m" },
      { _tag: "ReasoningSignature", choice: 0, signature: { dialect: "anthropic", value: "s0" } },
      said("a"),
      said("b"),
      finish("stop")
    ]
  )
})

Deno.test("thinking is signed once its block is over, and hidden thinking is kept", () => {
  assertEquals(
    read(
      start(0, { type: "thinking", thinking: "", signature: "" }),
      thinking(0, { type: "thinking_delta", thinking: "Hm" }),
      thinking(0, { type: "signature_delta", signature: "s1" }),
      stop(0),
      start(1, { type: "redacted_thinking", data: "r1" }),
      stop(1),
      start(2, { type: "thinking", thinking: "", signature: "" }),
      thinking(2, { type: "signature_delta", signature: "s2" }),
      over("end_turn")
    ).deltas,
    [
      { _tag: "Reasoning", choice: 0, text: "Hm" },
      { _tag: "ReasoningSignature", choice: 0, signature: { dialect: "anthropic", value: "s1" } },
      { _tag: "ReasoningRedacted", choice: 0, data: { dialect: "anthropic", value: "r1" } },
      { _tag: "ReasoningSignature", choice: 0, signature: { dialect: "anthropic", value: "s2" } },
      finish("stop")
    ]
  )
})

Deno.test("tool calls are counted among themselves, also where their fragments mingle", () => {
  const tool = (id: string, input: unknown = {}) => ({ type: "tool_use", id, name: "look", input })
  const called = (index: number, id: string): Delta => ({
    _tag: "ToolCallStart",
    choice: 0,
    index,
    id,
    name: "look"
  })
  const wrote = (index: number, fragment: string): Delta => ({
    _tag: "ToolCallArguments",
    choice: 0,
    index,
    fragment
  })
  assertEquals(
    read(
      start(0, empty),
      start(1, { type: "server_tool_use", id: "s", name: "web_search", input: {} }),
      json(1, '{"query":1}'),
      stop(1),
      start(2, tool("a")),
      json(2, ""),
      json(2, '{"x"'),
      start(5, tool("b", { at: 1 })),
      json(2, ":1}"),
      stop(2),
      stop(5),
      start(6, tool("c")),
      json(6, ""),
      stop(6),
      start(7, tool("d", { at: 1 })),
      json(7, '{"at":2}'),
      stop(7),
      start(8, tool("e")),
      over("tool_use"),
      end
    ).deltas,
    [
      {
        _tag: "Foreign",
        choice: 0,
        dialect: "anthropic",
        part: {
          block: { type: "server_tool_use", id: "s", name: "web_search", input: {} },
          deltas: [{ type: "input_json_delta", partial_json: '{"query":1}' }]
        }
      },
      called(0, "a"),
      wrote(0, '{"x"'),
      called(1, "b"),
      wrote(0, ":1}"),
      wrote(1, '{"at":1}'),
      called(2, "c"),
      wrote(2, "{}"),
      called(3, "d"),
      wrote(3, '{"at":2}'),
      called(4, "e"),
      wrote(4, "{}"),
      finish("tool_calls")
    ]
  )
})

Deno.test("later counts replace earlier ones field by field, and are never summed", () => {
  const whole = {
    promptTokens: 10,
    completionTokens: 1,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: "reported" as const
  }
  assertEquals(
    counted(
      begin(usage(10, 1)),
      over(null, usage(null, 7, { cache_read_input_tokens: 100 })),
      over(
        "end_turn",
        usage(undefined, 9, { cache_creation_input_tokens: 5, cache_read_input_tokens: null })
      ),
      over(null, usage(-3, 1.5, { output_tokens_details: { thinking_tokens: 4 } })),
      end
    ),
    [
      whole,
      { ...whole, promptTokens: 110, completionTokens: 7, cachedTokens: 100 },
      { ...whole, promptTokens: 115, completionTokens: 9, cachedTokens: 100, cacheWriteTokens: 5 },
      {
        promptTokens: 115,
        completionTokens: 9,
        cachedTokens: 100,
        cacheWriteTokens: 5,
        reasoningTokens: 4,
        source: "reported"
      }
    ]
  )
})

Deno.test("an explicit 0 is a report, and half a report is none", () => {
  assertEquals(
    counted(begin(usage(5, 3)), over("end_turn", usage(0, 0))).at(-1)?.completionTokens,
    0
  )
  assertEquals(counted(begin(usage(5, undefined)), over("end_turn")), [])
  assertEquals(counted(begin(), over("end_turn", usage(undefined, 3))), [])
  assertEquals(counted(begin(usage(5, undefined)), over("end_turn", usage(null, 3))).length, 1)
})

Deno.test("the first message_start holds", () => {
  assertEquals(
    counted(begin(usage(5, 1)), begin(usage(50, 10)), over("end_turn", usage(null, 2))).map(
      ({ promptTokens }) => promptTokens
    ),
    [5, 5]
  )
})

Deno.test("content for a block that is not open is ignored", () => {
  assertEquals(
    read(
      begin(),
      text(0, "early"),
      start(0, empty),
      text(0, "a"),
      start(0, { type: "text", text: "again" }),
      text(1, "unknown"),
      text("0", "no index"),
      start(-1, { type: "text", text: "no index" }),
      start(undefined, { type: "text", text: "no index" }),
      json(0, "{}"),
      stop(7),
      stop(0),
      text(0, "late"),
      over("end_turn"),
      start(3, { type: "text", text: "later" }),
      end
    ).deltas,
    [said("a"), finish("stop")]
  )
})

Deno.test("an answer finishes once, and nothing after its end is read", () => {
  assertEquals(
    read(
      start(0, empty),
      text(0, "a"),
      over("end_turn"),
      over("max_tokens"),
      end,
      text(0, "b"),
      end
    )
      .deltas,
    [said("a"), finish("stop")]
  )
})

Deno.test("an error behind the end of an answer harms it no more", () => {
  const error = { type: "error", error: { type: "api_error" } }
  const answer = [start(0, empty), text(0, "a"), over("end_turn")]
  assertEquals(read(...answer, end, error).fault, undefined)
  assertEquals(read(...answer, error).fault, "server")
})

Deno.test("an answer is whole with its stop reason, even without the terminator", () => {
  const open = [begin(), start(0, empty), text(0, "a"), stop(0)]
  assertEquals(read(...open, over("end_turn")).fault, undefined)
  assertEquals(read(...open).fault, "stream_cut")
  assertEquals(read(...open, over(null)).fault, "stream_cut")
  assertEquals(read().fault, "stream_cut")
})

Deno.test("an answer that ends without a reason ends as its content suggests, and is none without content", () => {
  assertEquals(read(start(0, empty), end), { deltas: [finish("stop")], fault: undefined })
  assertEquals(
    read(start(0, { type: "tool_use", id: "1", name: "a" }), end).deltas.at(-1),
    finish("tool_calls")
  )
  assertEquals(read(begin(), end).fault, "bad_response")
})

Deno.test("an error within the stream ends it, whatever the event is called", () => {
  const error = { type: "overloaded_error", message: "Overloaded" }
  assertEquals(
    read(start(0, empty), text(0, "a"), { type: "error", error }, text(0, "b")),
    { deltas: [said("a")], fault: "overloaded" }
  )
  const bare = `data: ${JSON.stringify({ type: "error", error })}\n\n`
  assertEquals(replay(anthropic, [utf8(bare)]).fault?.class, "overloaded")
  const untyped = `data: ${JSON.stringify({ error: { type: "rate_limit_error" } })}\n\n`
  assertEquals(replay(anthropic, [utf8(untyped)]).fault?.class, "rate_limited")
  const misnamed = `event: error\ndata: ${JSON.stringify(over("end_turn"))}\n\n`
  assertEquals(replay(anthropic, [utf8(misnamed)]).fault, undefined)
})

Deno.test("what is not JSON is forgiven three times, and unknown events always", () => {
  const answer = namedEvents(start(0, empty), text(0, "a"), over("end_turn"), end)
  const garbled = (times: number) =>
    replay(anthropic, [utf8("data: {oops\n\n".repeat(times) + answer)])
  assertEquals(garbled(3), { deltas: [said("a"), finish("stop")], fault: undefined })
  assertEquals(garbled(4).fault?.class, "stream_cut")
  const reading = (data: string) => anthropic.reader().read("x", data, [])
  for (const data of ["", "{", "[DONE]", "7", "null", "[]", '"x"']) {
    assertEquals(reading(data), "malformed", data)
  }
  for (
    const data of ["{}", '{"type":"tomorrow"}', '{"type":7}', '{"type":"content_block_delta"}']
  ) {
    assertEquals(reading(data), "more", data)
  }
})
