import { assertEquals } from "@std/assert"
import type { JsonObject } from "../../../src/domain/Completion.ts"
import { type Delta } from "../../../src/domain/Delta.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"

const decoded = (body: unknown): ReadonlyArray<Delta> => {
  const deltas = anthropic.decode(body)
  if (deltas instanceof UpstreamFault) throw deltas
  return deltas
}

const faultIn = (body: unknown): UpstreamFault => {
  const fault = anthropic.decode(body)
  if (fault instanceof UpstreamFault) return fault
  throw new Error("No fault")
}

const message = (content: unknown, rest: object = { stop_reason: "end_turn" }) => ({
  type: "message",
  content,
  ...rest
})

const finish = (reason: "stop" | "length" | "tool_calls" | "content_filter"): Delta => ({
  _tag: "Finish",
  choice: 0,
  reason
})

const foreign = (part: JsonObject): Delta => ({
  _tag: "Foreign",
  choice: 0,
  dialect: "anthropic",
  part
})

/** A text that is not more of the text before. */
const another = foreign({ begins: { type: "text" } })

Deno.test("each block of an answer becomes its deltas, in order", () => {
  assertEquals(
    decoded(message([
      { type: "thinking", thinking: "Hm", signature: "s1" },
      { type: "redacted_thinking", data: "r1" },
      { type: "thinking", thinking: "", signature: "s2" },
      { type: "thinking", thinking: "unsigned", signature: "" },
      { type: "text", text: "Hi" },
      { type: "text", text: "" },
      { type: "text", text: " 春" }
    ])),
    [
      { _tag: "Reasoning", choice: 0, text: "Hm" },
      { _tag: "ReasoningSignature", choice: 0, signature: { dialect: "anthropic", value: "s1" } },
      { _tag: "ReasoningRedacted", choice: 0, data: { dialect: "anthropic", value: "r1" } },
      { _tag: "ReasoningSignature", choice: 0, signature: { dialect: "anthropic", value: "s2" } },
      { _tag: "Reasoning", choice: 0, text: "unsigned" },
      { _tag: "Text", choice: 0, text: "Hi" },
      another,
      another,
      { _tag: "Text", choice: 0, text: " 春" },
      finish("stop")
    ]
  )
})

Deno.test("tool calls are counted among themselves, and their input becomes JSON text", () => {
  const calls = decoded(message([
    { type: "text", text: "I'll look" },
    { type: "tool_use", id: "t1", name: "look", input: { at: [1, "二"] } },
    { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "x" } },
    { type: "web_search_tool_result", tool_use_id: "s1", content: [] },
    { type: "tool_use", id: "t2", name: "wait", input: {} },
    { type: "tool_use", name: "go" }
  ], { stop_reason: "tool_use" }))
  const start = (index: number, id: string, name: string): Delta => ({
    _tag: "ToolCallStart",
    choice: 0,
    index,
    id,
    name
  })
  const fragment = (index: number, fragment: string): Delta => ({
    _tag: "ToolCallArguments",
    choice: 0,
    index,
    fragment
  })
  assertEquals(calls, [
    { _tag: "Text", choice: 0, text: "I'll look" },
    start(0, "t1", "look"),
    fragment(0, '{"at":[1,"二"]}'),
    foreign({
      block: { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "x" } }
    }),
    foreign({ block: { type: "web_search_tool_result", tool_use_id: "s1", content: [] } }),
    start(1, "t2", "wait"),
    fragment(1, "{}"),
    start(2, "call_2", "go"),
    fragment(2, "{}"),
    finish("tool_calls")
  ])
})

Deno.test("every stop reason has its word, and one that is not known means stop", () => {
  for (
    const [theirs, ours] of [
      ["end_turn", "stop"],
      ["stop_sequence", "stop"],
      ["pause_turn", "stop"],
      ["max_tokens", "length"],
      ["model_context_window_exceeded", "length"],
      ["tool_use", "tool_calls"],
      ["refusal", "content_filter"],
      ["tomorrow", "stop"]
    ] as const
  ) {
    const [end, ...others] = decoded(message([], { stop_reason: theirs }))
    assertEquals([end?._tag === "Finish" && end.reason, others], [ours, []], theirs)
  }
})

Deno.test("an answer without a stop reason ends as its content suggests, and is none without content", () => {
  assertEquals(decoded(message([{ type: "text", text: "a" }], {})).at(-1), finish("stop"))
  assertEquals(
    decoded(message([{ type: "tool_use", id: "1", name: "a" }], { stop_reason: null })).at(-1),
    finish("tool_calls")
  )
  assertEquals(faultIn(message([], {})).class, "bad_response")
})

Deno.test("tokens from and into the cache are part of what was read", () => {
  const usage = (usage: unknown) =>
    decoded(message([], { stop_reason: "end_turn", usage }))
      .flatMap((delta) => delta._tag === "Usage" ? [delta.usage] : [])
  assertEquals(
    usage({
      input_tokens: 10,
      cache_read_input_tokens: 200,
      cache_creation_input_tokens: 3000,
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 20 }
    }),
    [{
      promptTokens: 3210,
      completionTokens: 50,
      cachedTokens: 200,
      cacheWriteTokens: 3000,
      reasoningTokens: 20,
      source: "reported"
    }]
  )
  const nothing = {
    promptTokens: 0,
    completionTokens: 0,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: "reported" as const
  }
  assertEquals(
    usage({ input_tokens: 0, output_tokens: 0, cache_read_input_tokens: null }),
    [nothing],
    "an explicit 0 is a report"
  )
  assertEquals(
    usage({
      input_tokens: 1,
      output_tokens: 2,
      cache_read_input_tokens: -1,
      cache_creation_input_tokens: "5",
      output_tokens_details: { thinking_tokens: 9 }
    }),
    [{ ...nothing, promptTokens: 1, completionTokens: 2, reasoningTokens: 2 }],
    "a count that cannot be is dropped, and a part is not more than its whole"
  )
  for (
    const incomplete of [
      undefined,
      null,
      {},
      { input_tokens: 1 },
      { output_tokens: 1 },
      { input_tokens: 1.5, output_tokens: 1 },
      { input_tokens: 1, output_tokens: "1" },
      { input_tokens: 1e400, output_tokens: 1 }
    ]
  ) assertEquals(usage(incomplete), [], JSON.stringify(incomplete))
})

Deno.test("an error in place of an answer is that error", () => {
  const error = { type: "overloaded_error", message: "Overloaded" }
  assertEquals(faultIn({ type: "error", error }).class, "overloaded")
  assertEquals(faultIn({ error }).class, "overloaded")
  assertEquals(faultIn({ type: "error" }).class, "server")
  assertEquals(faultIn({ type: "error", error }).status, undefined)
})

Deno.test("what is no answer is bad, whatever it is", () => {
  const deep = JSON.parse(`${'{"0":'.repeat(50_000)}1${"}".repeat(50_000)}`)
  for (
    const body of [
      {},
      [],
      null,
      undefined,
      "x",
      0,
      { content: "x" },
      { content: {} },
      message([{ type: "tool_use", id: "1", name: "a", input: deep }])
    ]
  ) assertEquals(faultIn(body).class, "bad_response")
})

Deno.test("blocks that are no blocks are passed over", () => {
  assertEquals(
    decoded(message([
      null,
      1,
      [],
      {},
      { type: "text" },
      { type: "text", text: 1 },
      { type: "thinking", thinking: null },
      { type: "redacted_thinking" },
      { type: "tool_use", id: "1" },
      { type: "text", text: "a" }
    ])),
    [another, { _tag: "Text", choice: 0, text: "a" }, finish("stop")]
  )
})

Deno.test("the models are those that have an id", () => {
  assertEquals(anthropic.modelsPath, "/v1/models?limit=1000")
  assertEquals(
    anthropic.readModels({ data: [{ id: "a", type: "model" }, {}, null, { id: 1 }, { id: "b" }] }),
    [{ id: "a" }, { id: "b" }]
  )
  for (const body of [undefined, null, [], {}, { data: "x" }]) {
    assertEquals(anthropic.readModels(body), [])
  }
})
