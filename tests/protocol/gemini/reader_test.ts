/**
 * @module
 */
import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import type { Delta } from "../../../src/domain/Delta.ts"
import { gemini } from "../../../src/protocol/gemini/mod.ts"
import { law } from "../../kit/effect.ts"
import { dataEvents, replay, split, utf8 } from "../../kit/replay.ts"
import { chunk } from "./conversation.ts"

const stream = (...events: ReadonlyArray<unknown>) => replay(gemini, [utf8(dataEvents(...events))])

const text = (text: string): Delta => ({ _tag: "Text", choice: 0, text })
const finish: Delta = { _tag: "Finish", choice: 0, reason: "stop" }
const stop = { finishReason: "STOP" }
const counts = (promptTokenCount: number, candidatesTokenCount: number) => ({
  usageMetadata: { promptTokenCount, candidatesTokenCount }
})

Deno.test("a stream is whole when its bytes end after each candidate did", () => {
  assertEquals(stream(chunk([{ text: "春" }]), chunk([{ text: "天" }], stop)), {
    deltas: [text("春"), text("天"), finish],
    fault: undefined
  })
})

Deno.test("a stream that ends without a reason is cut", () => {
  const { deltas, fault } = stream(chunk([{ text: "春" }]))
  assertEquals([deltas, fault?.class], [[text("春")], "stream_cut"])
  assertEquals(replay(gemini, []).fault?.class, "stream_cut")
  assertEquals(
    stream(chunk([], stop), chunk([{ text: "b" }], { index: 1 })).fault?.class,
    "stream_cut"
  )
})

Deno.test("what follows a reason to finish still counts, and each candidate finishes once", () => {
  const { deltas, fault } = stream(
    chunk([{ text: "a" }], stop),
    chunk([{ text: "b" }], stop),
    chunk([{ functionCall: { name: "f", id: "1" } }], stop),
    { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 } }
  )
  assertEquals(fault, undefined)
  assertEquals(deltas.map(({ _tag }) => _tag), [
    "Text",
    "Text",
    "ToolCallStart",
    "ToolCallArguments",
    "Usage",
    "Finish"
  ])
  assertEquals(deltas.at(-1), { _tag: "Finish", choice: 0, reason: "tool_calls" })
})

Deno.test("a reason that is not STOP holds, wherever it stands", () => {
  const cut = { finishReason: "MAX_TOKENS" }
  for (const [first, last] of [[stop, cut], [cut, stop], [cut, {}]]) {
    const { deltas } = stream(chunk([{ text: "a" }], first), chunk([{ text: "b" }], last))
    assertEquals(deltas.at(-1), { _tag: "Finish", choice: 0, reason: "length" })
  }
})

Deno.test("tool calls count on over the chunks of a stream", () => {
  const call = { functionCall: { name: "f" } }
  const { deltas } = stream(
    chunk([call], {}, { responseId: "r" }),
    chunk([call], {}, { responseId: "r" }),
    chunk([{ text: "" }], stop)
  )
  assertEquals(
    deltas.flatMap((delta) => delta._tag === "ToolCallStart" ? [[delta.index, delta.id]] : []),
    [[0, "call_r_0_0"], [1, "call_r_0_1"]]
  )
  assertEquals(deltas.at(-1), { _tag: "Finish", choice: 0, reason: "tool_calls" })
})

Deno.test("usage is told when it changes, never summed", () => {
  const { deltas } = stream(
    chunk([{ text: "a" }], {}, counts(9, 1)),
    chunk([{ text: "b" }], {}, counts(9, 1)),
    chunk([{ text: "c" }], {}, { usageMetadata: { promptTokenCount: -9 } }),
    chunk([{ text: "d" }], stop, counts(9, 4))
  )
  assertEquals(
    deltas.flatMap((delta) => delta._tag === "Usage" ? delta.usage.completionTokens : []),
    [1, 4]
  )
})

Deno.test("an error ends the stream, and what follows is not read", () => {
  const error = { error: { code: 503, status: "UNAVAILABLE", message: "Overloaded" } }
  for (const event of [error, [error]]) {
    const { deltas, fault } = stream(chunk([{ text: "a" }]), event, chunk([{ text: "b" }], stop))
    assertEquals([deltas, fault?.class, fault?.status], [[text("a")], "overloaded", 503])
  }
})

Deno.test("a refusal or a failure tells what was counted before it ends the stream", () => {
  const blocked = stream({ promptFeedback: { blockReason: "SAFETY" }, ...counts(9, 0) })
  assertEquals([blocked.deltas.map(({ _tag }) => _tag), blocked.fault?.class], [
    ["Usage"],
    "filtered"
  ])
  const failed = stream(chunk([], { finishReason: "MALFORMED_FUNCTION_CALL" }, counts(9, 0)))
  assertEquals([failed.deltas.map(({ _tag }) => _tag), failed.fault?.class], [
    ["Usage"],
    "bad_response"
  ])
})

Deno.test("an event may hold several chunks", () => {
  const chunks = [chunk([{ text: "a" }]), chunk([{ text: "b" }], stop)]
  assertEquals(stream(chunks), { deltas: [text("a"), text("b"), finish], fault: undefined })
})

Deno.test("a few events that are no JSON are forgiven", () => {
  const last = chunk([{ text: "a" }], stop)
  assertEquals(stream("[DONE", "5", "<html>", last).deltas, [text("a"), finish])
  assertEquals(stream("{", "{", "{", "{", last).fault?.class, "stream_cut")
})

const whole = dataEvents(
  chunk([{ text: "想一想…", thought: true }], {}, counts(9, 0)),
  chunk([{ text: "春天 🌸👩‍👩‍👧\u2028\r\ndata: x" }], {}, { responseId: "r" }),
  chunk([{ functionCall: { name: "f", args: { city: "台北" } }, thoughtSignature: "sig" }]),
  chunk([{ text: "", thoughtSignature: "簽" }], stop, counts(9, 30))
)
const framings = [whole, whole.replaceAll("\n", "\r\n"), whole.slice(0, -2), `\ufeff${whole}`]
const expected = replay(gemini, [utf8(whole)])

Deno.test("pieces of any size give the same answer, in any framing", () => {
  assertEquals(expected.fault, undefined)
  assertEquals(expected.deltas.length, 8)
  for (const framing of framings) {
    for (const size of [1, 2, 3, 5, 7]) {
      assertEquals(replay(gemini, split(utf8(framing), size)), expected)
    }
  }
})

law(
  "pieces cut at any points give the same answer",
  Schema.Struct({
    framing: Schema.Literals([0, 1, 2, 3]),
    cuts: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1200 })))
  }),
  ({ framing, cuts }) => {
    const bytes = utf8(framings[framing]!)
    const points = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b)]
    const pieces = points.map((point, at) => bytes.subarray(point, points[at + 1]))
    return JSON.stringify(replay(gemini, pieces)) === JSON.stringify(expected)
  }
)

Deno.test("a stream that was grounded on a search has no price that anybody can tell", () => {
  const searched = { groundingMetadata: { webSearchQueries: ["春"] } }
  const usages = (...events: ReadonlyArray<unknown>) =>
    stream(...events).deltas.flatMap((delta) =>
      delta._tag === "Usage" ? [delta.usage.isUnpriceable] : []
    )
  assertEquals(usages(chunk([{ text: "a" }], stop, counts(1, 2))), [undefined])
  assertEquals(usages(chunk([{ text: "a" }], { ...stop, ...searched }, counts(1, 2))), [true])
  // Also where it is told before the counts, or after counts that are the same.
  assertEquals(
    usages(chunk([{ text: "a" }], searched), chunk([], stop, counts(1, 2))),
    [true]
  )
  assertEquals(
    usages(
      chunk([{ text: "a" }], {}, counts(1, 2)),
      chunk([], { ...stop, ...searched }, counts(1, 2))
    ),
    [undefined, true]
  )
})
