import { assertEquals, assertLessOrEqual } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Delta } from "../../src/domain/Delta.ts"
import { openai } from "../../src/protocol/openai/mod.ts"
import * as StreamDecoder from "../../src/protocol/StreamDecoder.ts"
import { deltas } from "../../src/provider/body.ts"
import { text } from "../../src/provider/wholeBody.ts"
import { law, test } from "../kit/effect.ts"
import { split, utf8 } from "../kit/replay.ts"
import { counted, done, event, says, stop } from "../kit/upstream.ts"

/** A body of `pieces`, as a byte stream or a plain one; `left` is called where it is given up. */
const bodyOf = (
  pieces: Iterable<Uint8Array>,
  { plain = false, left = () => {}, broken = false } = {}
): ReadableStream<Uint8Array> => {
  const rest = Array.from(pieces)
  const pull = (controller: ReadableStreamController<Uint8Array>) => {
    const piece = rest.shift()
    if (piece) return controller.enqueue(new Uint8Array(piece))
    if (broken) return controller.error(new TypeError("error reading a body from connection"))
    controller.close()
    if ("byobRequest" in controller) controller.byobRequest?.respond(0)
  }
  const cancel = () => left()
  return plain
    ? new ReadableStream({ pull, cancel })
    : new ReadableStream({ type: "bytes", pull, cancel })
}

const read = (body: ReadableStream<Uint8Array>) =>
  Stream.runCollect(deltas(body, StreamDecoder.make(openai().reader())))

const textOf = (all: Iterable<Delta>) =>
  Array.from(all, (delta) => delta._tag === "Text" ? delta.text : "").join("")

const reply = utf8(`${says("天")}${says("🌧 rain")}${stop}${counted(1, 2)}${done}`)

law(
  "a body is read the same in pieces of any size, from any kind of stream",
  Schema.Struct({
    size: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 400 })),
    plain: Schema.Boolean
  }),
  ({ size, plain }) =>
    Effect.gen(function* () {
      const all = yield* read(bodyOf(split(reply, size), { plain }))
      assertEquals(all.map(({ _tag }) => _tag), ["Text", "Text", "Finish", "Usage"])
      return textOf(all) === "天🌧 rain"
    }).pipe(Effect.mapError(String))
)

test("a piece larger than the buffer is read whole", () =>
  Effect.gen(function* () {
    const long = "x".repeat(1_000_000)
    const all = yield* read(bodyOf([utf8(`${says(long)}${stop}${done}`)]))
    assertEquals(textOf(all).length, long.length)
  }))

test("what came before a break is given, and then the break is told", () =>
  Effect.gen(function* () {
    const seen: Array<Delta> = []
    const body = bodyOf([utf8(says("a")), utf8(says("b"))], { broken: true })
    const fault = yield* Effect.flip(
      Stream.runForEach(
        deltas(body, StreamDecoder.make(openai().reader())),
        (delta) => Effect.sync(() => seen.push(delta))
      )
    )
    assertEquals([textOf(seen), fault.class], ["ab", "stream_cut"])
  }))

test("what came in one piece with a fault is given before it", () =>
  Effect.gen(function* () {
    const seen: Array<Delta> = []
    const body = bodyOf([utf8(`${says("a")}${event({ error: { message: "no" } })}${says("b")}`)])
    yield* Effect.flip(
      Stream.runForEach(
        deltas(body, StreamDecoder.make(openai().reader())),
        (delta) => Effect.sync(() => seen.push(delta))
      )
    )
    assertEquals(textOf(seen), "a")
  }))

test("leaving a stream gives up its body, and so does its end", () =>
  Effect.gen(function* () {
    for (const plain of [true, false]) {
      for (
        const [pieces, take] of [[[says("a"), says("b")], 1], [[stop + done, "x"], 9]] as const
      ) {
        let left = 0
        const body = bodyOf(pieces.map(utf8), { plain, left: () => left++ })
        yield* deltas(body, StreamDecoder.make(openai().reader())).pipe(
          Stream.take(take),
          Stream.runDrain
        )
        assertEquals(left, 1)
      }
    }
  }))

test("text() is all of a body, whatever it was split at", () =>
  Effect.gen(function* () {
    for (const size of [1, 2, 3, 5, 10_000]) {
      const body = bodyOf(split(utf8("天🌧 and rain"), size))
      assertEquals(yield* text(new Response(body), 100), "天🌧 and rain")
    }
    assertEquals(yield* text(new Response(null), 100), "")
    const known = new Response("天", { headers: { "content-length": "3" } })
    assertEquals(yield* text(known, 100), "天")
  }))

test("text() hangs up where there is more than it may read", () =>
  Effect.gen(function* () {
    let pulled = 0
    let left = false
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(++pulled && 1000)),
      cancel: () => {
        left = true
      }
    })
    const fault = yield* Effect.flip(text(new Response(endless), 10_000))
    assertEquals([fault.class, left], ["too_large", true])
    assertLessOrEqual(pulled, 13)
    assertEquals(yield* text(new Response("x".repeat(10_000)), 10_000), "x".repeat(10_000))
  }))

test("text() of a body that breaks off is no text", () =>
  Effect.gen(function* () {
    const body = bodyOf([utf8("{")], { broken: true })
    assertEquals((yield* Effect.flip(text(new Response(body), 100))).class, "bad_response")
  }))
