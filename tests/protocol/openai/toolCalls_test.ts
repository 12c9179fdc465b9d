import { assertEquals } from "@std/assert"
import type { Delta } from "../../../src/domain/Delta.ts"
import { decodedFault, finish, more, piece, start, stream } from "./deltas.ts"

/** What fragments are read as; each inner array is one chunk's. */
const read = (...chunks: ReadonlyArray<ReadonlyArray<unknown>>): ReadonlyArray<Delta> => {
  const { deltas, fault } = stream(
    ...chunks.map((tool_calls) => piece({ tool_calls })),
    piece({}, "tool_calls"),
    "[DONE]"
  )
  assertEquals(fault, undefined)
  assertEquals(deltas.at(-1), finish("tool_calls"))
  return deltas.slice(0, -1)
}
const fragment = (of: { index?: number; id?: string; name?: string; args?: unknown }) => ({
  index: of.index,
  id: of.id,
  function: { name: of.name, arguments: of.args }
})

Deno.test("reader() merges interleaved fragments by their number", () => {
  assertEquals(
    read(
      [fragment({ index: 0, id: "a", name: "f", args: "" })],
      [fragment({ index: 1, id: "b", name: "g", args: "[" })],
      [fragment({ index: 0, args: "{" }), fragment({ index: 1, args: "1" })],
      [fragment({ index: 0, args: "}" })],
      [fragment({ index: 1, args: "]" })]
    ),
    [
      start(0, "a", "f"),
      start(1, "b", "g"),
      more(1, "["),
      more(0, "{"),
      more(1, "1"),
      more(0, "}"),
      more(1, "]")
    ]
  )
})

Deno.test("reader() numbers calls without gaps, whatever numbers they have", () => {
  assertEquals(
    read(
      [fragment({ index: 7, id: "a", name: "f", args: "1" })],
      [fragment({ index: 3, id: "b", name: "g", args: "2" })],
      [fragment({ index: 7, args: "3" })]
    ),
    [start(0, "a", "f"), more(0, "1"), start(1, "b", "g"), more(1, "2"), more(0, "3")]
  )
})

Deno.test("reader() tells calls apart that are all number 0", () => {
  const apart = [start(0, "a", "f"), more(0, "{}"), start(1, "b", "f"), more(1, "[]")]
  const first = fragment({ index: 0, id: "a", name: "f", args: "{}" })
  const second = fragment({ index: 0, id: "b", name: "f", args: "[]" })
  assertEquals(read([first], [second]), apart)
  assertEquals(read([first, second]), apart)
  assertEquals(
    read([first], [fragment({ index: 0, id: "b", name: "f" })], [
      fragment({ index: 0, args: "[]" })
    ]),
    apart
  )
})

Deno.test("reader() tells whole calls apart that have neither number nor id", () => {
  assertEquals(
    read([fragment({ name: "f", args: "{}" }), fragment({ name: "f", args: "[]" })]),
    [start(0, "call_0_0", "f"), more(0, "{}"), start(1, "call_0_1", "f"), more(1, "[]")]
  )
  assertEquals(
    read([fragment({ name: "f", args: "{}" })], [fragment({ name: "g", args: "[]" })]),
    [start(0, "call_0_0", "f"), more(0, "{}"), start(1, "call_0_1", "g"), more(1, "[]")]
  )
})

Deno.test("reader() begins a call at a new id, and otherwise continues the last", () => {
  assertEquals(
    read(
      [fragment({ id: "a", name: "f", args: "1" })],
      [fragment({ args: "2" })],
      [fragment({ id: "b", name: "f", args: "3" })],
      [fragment({ id: "", args: "4" })],
      [fragment({ id: "a", args: "5" })],
      [fragment({ args: "6" })]
    ),
    [
      start(0, "a", "f"),
      more(0, "1"),
      more(0, "2"),
      start(1, "b", "f"),
      more(1, "3"),
      more(1, "4"),
      more(0, "5"),
      more(0, "6")
    ]
  )
})

Deno.test("reader() keeps calls of one id but of different numbers apart", () => {
  assertEquals(
    read(
      [fragment({ index: 0, id: "x", name: "f", args: "1" })],
      [fragment({ index: 1, id: "x", name: "g", args: "2" })],
      [fragment({ index: 0, id: "x", args: "3" })]
    ),
    [start(0, "x", "f"), more(0, "1"), start(1, "x", "g"), more(1, "2"), more(0, "3")]
  )
})

Deno.test("reader() gives a call without an id one, even if its own comes late", () => {
  assertEquals(
    read(
      [fragment({ index: 0, name: "f", args: "1" })],
      [fragment({ index: 0, id: "late", args: "2" })],
      [fragment({ index: 0, id: "later", args: "3" })]
    ),
    [start(0, "call_0_0", "f"), more(0, "1"), more(0, "2"), more(0, "3")]
  )
})

Deno.test("reader() takes the first name, repeated or not", () => {
  assertEquals(
    read(
      [fragment({ index: 0, id: "a", name: "f", args: "1" })],
      [fragment({ index: 0, id: "a", name: "f", args: "2" })],
      [fragment({ index: 0, name: "f", args: "3" })]
    ),
    [start(0, "a", "f"), more(0, "1"), more(0, "2"), more(0, "3")]
  )
  assertEquals(
    read(
      [fragment({ index: 0, id: "a", name: "get_" })],
      [fragment({ index: 0, name: "weather", args: "{}" })]
    ),
    [start(0, "a", "get_"), more(0, "{}")]
  )
})

Deno.test("reader() holds arguments until the name is known", () => {
  assertEquals(
    read(
      [fragment({ index: 0, id: "a", args: "1" })],
      [fragment({ index: 0, args: "2" })],
      [fragment({ index: 0, name: "f", args: "3" })]
    ),
    [start(0, "a", "f"), more(0, "12"), more(0, "3")]
  )
})

Deno.test("reader() does not lose a call that never got a name", () => {
  assertEquals(read([fragment({ index: 0, args: "{}" })]), [
    start(0, "call_0_0", ""),
    more(0, "{}")
  ])
})

Deno.test("reader() takes an item that says nothing for nothing", () => {
  const { deltas } = stream(piece({ content: "x", tool_calls: [{}, { index: 0 }, null] }, "odd"))
  assertEquals(deltas.at(-1), finish("stop"))
  assertEquals(deltas.length, 2)
})

Deno.test("reader() ends a call without arguments as {}, also where only [DONE] ends it", () => {
  assertEquals(read([fragment({ index: 0, id: "a", name: "now", args: "" })]), [
    start(0, "a", "now"),
    more(0, "{}")
  ])
  const { deltas } = stream(piece({ tool_calls: [fragment({ id: "a", name: "now" })] }), "[DONE]")
  assertEquals(deltas, [start(0, "a", "now"), more(0, "{}"), finish("tool_calls")])
})

Deno.test("reader() writes arguments that are JSON instead of text as text", () => {
  assertEquals(read([fragment({ index: 0, id: "a", name: "f", args: { b: [1] } })]), [
    start(0, "a", "f"),
    more(0, `{"b":[1]}`)
  ])
})

Deno.test("reader() and decode() take arguments that are nested too deep for a bad answer", () => {
  const depth = 200_000
  const deep = `${`{"0":`.repeat(depth)}1${"}".repeat(depth)}`
  const items = `[{"id":"a","function":{"name":"f","arguments":${deep}}}]`
  const event = `{"choices":[{"delta":{"tool_calls":${items}}}]}`
  assertEquals(stream(event).fault?.class, "bad_response")
  const whole = JSON.parse(`{"choices":[{"message":{"tool_calls":${items}}}]}`)
  assertEquals(decodedFault(whole).class, "bad_response")
})

Deno.test("reader() keeps calls that share a number apart by their ids", () => {
  assertEquals(
    read(
      [fragment({ index: 0, id: "a", name: "f", args: "1" })],
      [fragment({ index: 0, id: "b", name: "g", args: "2" })],
      [fragment({ index: 0, id: "a", args: "3" })]
    ),
    [start(0, "a", "f"), more(0, "1"), start(1, "b", "g"), more(1, "2"), more(0, "3")]
  )
})

Deno.test("reader() counts the calls of each choice on their own", () => {
  const call = [fragment({ index: 0, name: "f", args: "{}" })]
  const { deltas } = stream(
    piece({ tool_calls: call }, null, 1),
    piece({ tool_calls: call }, "tool_calls", 0),
    piece({}, "tool_calls", 1)
  )
  assertEquals(deltas, [
    start(0, "call_1_0", "f", 1),
    more(0, "{}", 1),
    start(0, "call_0_0", "f"),
    more(0, "{}"),
    finish("tool_calls"),
    finish("tool_calls", 1)
  ])
})
