import { assert, assertEquals, assertLess } from "@std/assert"
import * as Schema from "effect/Schema"
import { EventStreamCodec } from "@smithy/eventstream-codec"
import type { Delta } from "../../../src/domain/Delta.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { messages } from "../../../src/protocol/eventstream/messages.ts"
import * as StreamDecoder from "../../../src/protocol/StreamDecoder.ts"
import { law } from "../../kit/effect.ts"
import { event, exception, flipped, message } from "../../kit/fake/eventstream.ts"
import { split, utf8 } from "../../kit/replay.ts"

const joined = (...pieces: ReadonlyArray<Uint8Array>): Uint8Array =>
  new Uint8Array(pieces.flatMap((piece) => [...piece]))

/** What is told of bytes in `pieces`, and the fault that they end in. */
const read = (pieces: Iterable<Uint8Array>) => {
  const told: Array<readonly [string, string]> = []
  const frames = messages((name, data) => void told.push([name, data]))
  for (const piece of pieces) {
    // A piece is only valid until the next: its memory is used again.
    const passing = Uint8Array.from(piece)
    const fault = frames.feed(passing)
    passing.fill(0xee)
    if (fault) return { told, fault: fault.class }
  }
  frames.finish()
  return { told, fault: undefined }
}

Deno.test("each message is told once, by its type and its payload", () => {
  const bytes = joined(event("a", "1"), event("b", { x: "ü😀" }), event("", ""))
  assertEquals(read([bytes]), {
    told: [["a", "1"], ["b", '{"x":"ü😀"}'], ["", ""]],
    fault: undefined
  })
})

Deno.test("our messages are those of Amazon's own library", () => {
  const codec = new EventStreamCodec((bytes) => new TextDecoder().decode(Object(bytes)), utf8)
  const text = (value: string) => ({ type: "string", value } as const)
  const theirs = codec.encode({
    headers: {
      ":event-type": text("metadata"),
      ":content-type": text("application/json"),
      ":message-type": text("event")
    },
    body: utf8('{"usage":{}}')
  })
  assertEquals(event("metadata", { usage: {} }), Uint8Array.from(theirs))
})

Deno.test("headers of every kind are passed over", () => {
  const codec = new EventStreamCodec((bytes) => new TextDecoder().decode(Object(bytes)), utf8)
  const bytes = codec.encode({
    headers: {
      yes: { type: "boolean", value: true },
      no: { type: "boolean", value: false },
      byte: { type: "byte", value: -1 },
      short: { type: "short", value: 2 },
      integer: { type: "integer", value: 3 },
      binary: { type: "binary", value: utf8("x") },
      timestamp: { type: "timestamp", value: new Date(0) },
      uuid: { type: "uuid", value: "11111111-2222-3333-4444-555555555555" },
      ":message-type": { type: "string", value: "event" },
      ":event-type": { type: "string", value: "a" }
    },
    body: utf8("1")
  })
  assertEquals(read([bytes]), { told: [["a", "1"]], fault: undefined })
})

Deno.test("a failure of the stream is told by its type, with its message as JSON", () => {
  const unmodelled = message({
    ":message-type": "error",
    ":error-code": "InternalError",
    ":error-message": 'An "error"'
  }, "")
  const bytes = joined(exception("throttlingException", { message: "Slow" }), unmodelled)
  assertEquals(read([bytes]).told, [
    ["exception:throttlingException", '{"message":"Slow"}'],
    ["exception:InternalError", '{"message":"An \\"error\\""}']
  ])
})

Deno.test("a bit that flipped anywhere ends the stream, and nothing of its message is told", () => {
  const [first, second] = [event("a", "first"), event("b", "second")]
  // From the checksum of the prelude on: before it stands the length.
  for (let at = 4; at < second.length; at++) {
    const { told, fault } = read([joined(first, flipped(second, at), first)])
    assertEquals([told, fault], [[["a", "first"]], "stream_cut"], `byte ${at}`)
  }
  for (let at = 0; at < 4; at++) {
    const { told } = read([joined(first, flipped(second, at))])
    assertEquals(told, [["a", "first"]], `byte ${at}`)
  }
})

Deno.test("bytes that are no messages end the stream", () => {
  const json = utf8('{"message":"Not here"}')
  assertEquals(read([json]), { told: [], fault: "too_large" })
  assertEquals(read([new Uint8Array(64)]), { told: [], fault: "stream_cut" })
  const untyped = message({ ":content-type": "application/json" }, "{}")
  assertEquals(read([untyped]), { told: [], fault: "stream_cut" })
})

const size = 8 * 1024 * 1024

Deno.test("a message of up to 8 MiB is read, and a larger one refused before it has come", () => {
  const large = event("a", "x".repeat(1_000_000))
  for (const pieces of [[large], split(large, 1000), split(large, 65_536)]) {
    assertEquals(read(pieces).told[0]?.[1].length, 1_000_000)
  }
  const head = new Uint8Array(12)
  new DataView(head.buffer).setUint32(0, size + 1)
  assertEquals(read([head]).fault, "too_large")
  new DataView(head.buffer).setUint32(0, size)
  assertEquals(read([head]).fault, undefined)
})

Deno.test("a message that comes in crumbs takes time in proportion to its length", () => {
  const cost = (length: number) => {
    const bytes = event("a", "x".repeat(length))
    const frames = messages(() => {})
    const began = performance.now()
    for (const piece of split(bytes, 16)) frames.feed(piece)
    return performance.now() - began
  }
  cost(200_000)
  const [little, much] = [Math.min(cost(200_000), cost(200_000)), cost(3_200_000)]
  // 16 times as much; quadratic would be 256 times.
  assertLess(much, little * 100 + 50)
})

law(
  "any split of the bytes is read as the whole is",
  Schema.Struct({
    events: Schema.Array(Schema.Struct({ type: Schema.String, data: Schema.String })),
    flip: Schema.Int.check(Schema.isBetween({ minimum: -1, maximum: 2000 })),
    points: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2000 })))
  }),
  ({ events, flip, points }) => {
    const sound = joined(...events.map(({ type, data }) => event(type, data)))
    const bytes = flip >= 0 && flip < sound.length ? flipped(sound, flip) : sound
    const cuts = points.map((point) => point % (bytes.length + 1)).sort((one, two) => one - two)
    const pieces = [...cuts, bytes.length].map((to, at) => bytes.subarray(cuts[at - 1] ?? 0, to))
    const whole = read([bytes])
    assertEquals(read(pieces), whole)
    assertEquals(read(split(bytes, 1)), whole)
    assertEquals(read(split(bytes, 7)), whole)
    if (bytes === sound) {
      assertEquals(
        whole.told,
        events.map(({ type, data }) => [type.toWellFormed(), data.toWellFormed()] as const)
      )
    }
    return true
  }
)

Deno.test("three events that are garbled are forgiven, a fourth is not; a fault stays", () => {
  const reader = {
    read: (name: string, data: string, out: Array<Delta>) => {
      if (data === "bad") return "malformed"
      out.push({ _tag: "Text", choice: 0, text: name })
      return name === "end" ? "end" : "more"
    },
    finish: () => false
  } as const
  const [bad, good, end] = [event("x", "bad"), event("a", ""), event("end", "")]
  const fed = (...pieces: ReadonlyArray<Uint8Array>) => {
    const decoder = StreamDecoder.make(reader, messages)
    const out: Array<Delta> = []
    const state = decoder.feed(joined(...pieces), out)
    return { count: out.length, state, finished: decoder.finish(out) }
  }
  assertEquals(fed(bad, good, bad, bad, end, good), { count: 2, state: "end", finished: undefined })
  const given = fed(bad, bad, bad, bad, good)
  assert(given.state instanceof UpstreamFault)
  assertEquals([given.count, given.finished], [0, given.state])
  const cut = fed(good, end.subarray(0, 20))
  assertEquals([cut.state, cut.finished?.class], ["more", "stream_cut"])
})

Deno.test("headers beyond what Amazon sends are not taken apart", () => {
  const headers = Object.fromEntries(
    Array.from({ length: 40_000 }, (_, at) => [`h${at}`, { type: "boolean", value: true } as const])
  )
  const codec = new EventStreamCodec((bytes) => new TextDecoder().decode(Object(bytes)), utf8)
  const type = { type: "string", value: "event" } as const
  const bytes = codec.encode({ headers: { ":message-type": type, ...headers }, body: utf8("{}") })
  assertEquals(read([Uint8Array.from(bytes)]), { told: [], fault: "stream_cut" })
})
