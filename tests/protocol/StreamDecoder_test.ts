import { assert, assertEquals, assertInstanceOf, assertLess } from "@std/assert"
import * as Schema from "effect/Schema"
import type { Delta } from "../../src/domain/Delta.ts"
import { UpstreamFault } from "../../src/domain/UpstreamFault.ts"
import type { EventReader } from "../../src/protocol/Dialect.ts"
import * as StreamDecoder from "../../src/protocol/StreamDecoder.ts"
import { law } from "../kit/effect.ts"
import { split, utf8 } from "../kit/replay.ts"

/**
 * The plainest dialect: an event is a text, `"end"` ends, `"bad"` is malformed, `"fault"` breaks.
 * What is held back at the end is told.
 */
const reader = (): EventReader & { readonly seen: Array<string> } => {
  let ended = false
  const seen: Array<string> = []
  return {
    seen,
    read: (event, data, out) => {
      seen.push(data)
      if (data === "end") {
        ended = true
        return "end"
      }
      if (data === "bad") return "malformed"
      if (data === "fault") return new UpstreamFault({ class: "server", message: "broke" })
      out.push({ _tag: "Text", choice: 0, text: event === "message" ? data : `${event}:${data}` })
      return "more"
    },
    finish: (out) => {
      out.push({ _tag: "Text", choice: 0, text: "held" })
      return ended
    }
  }
}

interface Read {
  readonly texts: ReadonlyArray<string>
  readonly fault: string | undefined
  readonly seen: ReadonlyArray<string>
}

/** What is read of a reply in `pieces`, up to where it ends or breaks. */
const read = (pieces: Iterable<Uint8Array>): Read => {
  const dialect = reader()
  const decoder = StreamDecoder.make(dialect)
  const out: Array<Delta> = []
  let fault: UpstreamFault | undefined
  for (const piece of pieces) {
    const state = decoder.feed(piece, out)
    if (state === "more") continue
    if (state !== "end") fault = state
    break
  }
  fault ??= decoder.finish(out)
  return {
    texts: out.map((delta) => delta._tag === "Text" ? delta.text : ""),
    fault: fault?.class,
    seen: dialect.seen
  }
}

const all = (text: string) => read([utf8(text)])

Deno.test("each event is read once, by its name and its data, and the rest when all is over", () => {
  const text =
    "data: a\n\nevent: x\ndata: b\nid: 7\n\n: comment\n\ndata: one\ndata: two\n\ndata:end\n\n"
  assertEquals(all(text), {
    texts: ["a", "x:b", "one\ntwo", "held"],
    fault: undefined,
    seen: ["a", "b", "one\ntwo", "end"]
  })
})

Deno.test("a reply that is not whole is a stream that was cut", () => {
  for (const text of ["", ": nothing\n\n", "data: a\n\n", "data: a\n\ndata: e"]) {
    assertEquals(all(text).fault, "stream_cut")
  }
})

Deno.test("a last event counts without its blank line, and without its line end", () => {
  for (const end of ["data: end\n\n", "data: end\r\n", "data: end\n", "data: end"]) {
    assertEquals(all(`data: a\n\n${end}`), {
      texts: ["a", "held"],
      fault: undefined,
      seen: ["a", "end"]
    })
  }
})

Deno.test("what follows the end is not read, in the same piece or the next", () => {
  const text = "data: end\n\ndata: late\n\ndata: fault\n\n"
  assertEquals(all(text).seen, ["end"])
  const dialect = reader()
  const decoder = StreamDecoder.make(dialect)
  const out: Array<Delta> = []
  for (const piece of split(utf8(text), 5)) decoder.feed(piece, out)
  assertEquals([dialect.seen, decoder.finish(out)], [["end"], undefined])
})

Deno.test("what follows a fault is not read, and the fault stays", () => {
  const dialect = reader()
  const decoder = StreamDecoder.make(dialect)
  const out: Array<Delta> = []
  const fault = decoder.feed(utf8("data: a\n\ndata: fault\n\ndata: b\n\n"), out)
  assertInstanceOf(fault, UpstreamFault)
  assertEquals(decoder.feed(utf8("data: end\n\n"), out), fault)
  assertEquals(decoder.finish(out), fault)
  assertEquals([dialect.seen, out.length], [["a", "fault"], 1])
})

Deno.test("three events that are garbled are forgiven, a fourth is not", () => {
  const bad = "data: bad\n\n"
  assertEquals(all(`${bad}data: a\n\n${bad}${bad}data: end\n\n`).fault, undefined)
  const given = all(`${bad}data: a\n\n${bad}${bad}${bad}data: end\n\n`)
  assertEquals(given, {
    texts: ["a"],
    fault: "stream_cut",
    seen: ["bad", "a", "bad", "bad", "bad"]
  })
})

Deno.test("a byte order mark, a split character and an odd byte do no harm", () => {
  const bytes = utf8("\uFEFFdata: 🌧天\n\ndata: end\n\n")
  assertEquals(read(split(bytes, 1)).texts, ["🌧天", "held"])
  const odd = [utf8("data: "), Uint8Array.of(0xff), utf8("\n\ndata: end\n\n")]
  assertEquals(read(odd).texts, ["\ufffd", "held"])
})

law(
  "any split of the bytes is read as the whole is",
  Schema.Struct({
    lines: Schema.Array(Schema.Union([
      Schema.String,
      Schema.Literals([
        "data: a",
        "data:bad",
        "data: fault",
        "data: end",
        "event: x",
        "",
        "",
        ": c"
      ])
    ])),
    lineEnd: Schema.Literals(["\n", "\r\n", "\r"]),
    points: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1000 })))
  }),
  ({ lines, lineEnd, points }) => {
    const bytes = utf8(lines.map((line) => `${line}${lineEnd}`).join(""))
    const cuts = points.map((point) => point % (bytes.length + 1)).sort((one, two) => one - two)
    const pieces = [...cuts, bytes.length].map((to, at) => bytes.subarray(cuts[at - 1] ?? 0, to))
    assertEquals(read(pieces), read([bytes]))
    return true
  }
)

const size = 8 * 1024 * 1024

Deno.test("an event of 1 MB is read, in pieces of any size", () => {
  const long = "x".repeat(1_000_000)
  const bytes = utf8(`data: ${long}\n\ndata: end\n\n`)
  for (const pieces of [[bytes], split(bytes, 1000)]) {
    assertEquals(read(pieces).texts[0]?.length, long.length)
  }
})

Deno.test("an event of more than 8 MiB is too large, as one line or as many", () => {
  for (const line of ["data: ", `data: ${"x".repeat(1000)}\n`]) {
    const decoder = StreamDecoder.make(reader())
    const piece = utf8(line.endsWith("\n") ? line.repeat(64) : "x".repeat(65_536))
    let fed = line.length
    let state = decoder.feed(utf8(line), [])
    while (state === "more") {
      assertLess(fed, 2 * size)
      state = decoder.feed(piece, [])
      fed += piece.length
    }
    assert(fed > size)
    assertEquals(state instanceof UpstreamFault && state.class, "too_large")
  }
})

Deno.test("an event that never ends takes time in proportion to its length", () => {
  const cost = (pieces: number) => {
    const decoder = StreamDecoder.make(reader())
    const piece = utf8("x".repeat(16))
    const began = performance.now()
    for (let fed = 0; fed < pieces; fed++) decoder.feed(piece, [])
    return performance.now() - began
  }
  cost(20_000)
  const [little, much] = [Math.min(cost(20_000), cost(20_000)), cost(320_000)]
  // 16 times as much; quadratic would be 256 times.
  assertLess(much, little * 100 + 50)
})
