import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { HttpError } from "../../src/http/HttpError.ts"
import type { HttpResponse, Source } from "../../src/http/HttpResponse.ts"
import * as Line from "../../src/http/Line.ts"
import { law } from "../kit/effect.ts"
import { utf8 } from "../kit/replay.ts"

/** A line over a socket whose server says what it is told to say, and what became of that line. */
const connected = () => {
  const pieces: Array<Uint8Array> = []
  let isEnded = false
  let isClosed = false
  let wake = () => {}
  const became: Array<"idle" | "lost"> = []
  const line = Line.make({
    read: async (into) => {
      while (pieces.length === 0 && !isEnded && !isClosed) {
        await new Promise<void>((woken) => wake = woken)
      }
      if (isClosed) throw new Error("closed")
      const [piece = new Uint8Array()] = pieces
      if (piece.length === 0) return null
      const count = Math.min(into.length, piece.length)
      into.set(piece.subarray(0, count))
      if (count < piece.length) pieces[0] = piece.subarray(count)
      else pieces.shift()
      return count
    },
    write: (bytes) => Promise.resolve(bytes.length),
    close: () => {
      isClosed = true
      wake()
    }
  }, { idle: () => became.push("idle"), lost: () => became.push("lost") })

  return {
    became,
    isClosed: () => isClosed,
    line,
    /** The server says `text`, in pieces of `sizes`, again and again. */
    say: (text: string, sizes: ReadonlyArray<number> = []) => {
      const bytes = utf8(text)
      for (let at = 0, nth = 0; at < bytes.length; nth++) {
        const size = sizes[nth % sizes.length] ?? bytes.length
        pieces.push(bytes.subarray(at, at + size))
        at += size
      }
      wake()
    },
    end: () => {
      isEnded = true
      wake()
    },
    ask: () =>
      new Promise<HttpResponse>((resolve, reject) =>
        line.ask(
          [utf8("GET")],
          (heard) => heard._tag === "Answered" ? resolve(heard.response) : reject(heard.error)
        )
      )
  }
}

type Connected = ReturnType<typeof connected>

/** All that has been set going has come to rest. */
const settled = () => new Promise<void>((done) => setTimeout(done))

const sourceOf = ({ body }: HttpResponse): Source => {
  if (body === null || !("read" in body)) throw new Error("No body of our own")
  return body
}

/** The next piece, copied: its memory is used again. */
const piece = (source: Source) =>
  new Promise<string | undefined>((give, fail) =>
    source.read((bytes) => give(bytes && new TextDecoder().decode(bytes)), fail)
  )

const text = async (response: HttpResponse): Promise<string> => {
  if (response.body === null) return ""
  let all = ""
  for (let next = await piece(sourceOf(response)); next !== undefined;) {
    assert(next.length > 0, "an empty piece")
    all += next
    next = await piece(sourceOf(response))
  }
  return all
}

const why = (asked: Promise<unknown>) =>
  asked.then(
    () => "none",
    (fault) => fault instanceof HttpError ? fault.why : String(fault)
  )

const inChunks = (body: string, size: number): string => {
  let all = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
  for (let at = 0; at < body.length; at += size) {
    const data = body.slice(at, at + size)
    all += `${data.length.toString(16)}\r\n${data}\r\n`
  }
  return `${all}0\r\n\r\n`
}
const inOne = (body: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`

const Size = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2000 }))
const Answer = Schema.Struct({
  how: Schema.Literals(["chunks", "length", "nothing", "announced"]),
  body: Schema.Literals(["", "x", "HTTP/1.1 200 OK\r\n\r\n", "0\r\n\r\n", "y".repeat(30_000)]),
  chunk: Size,
  sizes: Schema.NonEmptyArray(Schema.Union([Size, Schema.Literals([1, 100_000])]))
})

const written = ({ how, body, chunk }: typeof Answer.Type): string =>
  how === "chunks"
    ? inChunks(body, chunk)
    : how === "nothing"
    ? "HTTP/1.1 204 No Content\r\n\r\n"
    : how === "announced"
    ? `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${inOne(body)}`
    : inOne(body)

law(
  "answers that come one after the other over one line come out as they went in",
  Schema.Array(Answer),
  (answers) =>
    Effect.promise(async () => {
      const on = connected()
      for (const answer of answers) {
        const asked = on.ask()
        on.say(written(answer), answer.sizes)
        assertEquals(await text(await asked), answer.how === "nothing" ? "" : answer.body)
        await settled()
      }
      assertEquals([on.became, on.isClosed()], [answers.map(() => "idle" as const), false])
      on.line.close()
      await settled()
      return true
    })
)

law(
  "what stands behind an answer answers nothing: the line is used no more",
  Schema.Struct({
    answer: Answer,
    behind: Schema.Literals(["\n", "\r\n", "0\r\n\r\n", inOne("other"), "y".repeat(10_000)]),
    isLater: Schema.Boolean
  }),
  ({ answer, behind, isLater }) =>
    Effect.promise(async () => {
      const on = connected()
      const asked = on.ask()
      on.say(written(answer) + (isLater ? "" : behind), answer.sizes)
      assertEquals(await text(await asked), answer.how === "nothing" ? "" : answer.body)
      await settled()
      if (isLater) on.say(behind)
      await settled()
      assertEquals(on.isClosed(), true)
      return on.became.join() === "" || on.became.join() === "idle,lost"
    })
)

Deno.test("who still holds an answer that is over has no part in the next", async () => {
  const on = connected()
  const first = on.ask()
  on.say(inOne("first"))
  const old = sourceOf(await first)
  assertEquals([await piece(old), await piece(old)], ["first", undefined])
  const second = on.ask()
  on.say(inOne("second"))
  const fresh = sourceOf(await second)
  old.leave?.()
  old.cancel()
  assertEquals(await why(piece(old)), "cut")
  assertEquals([await piece(fresh), await piece(fresh), on.isClosed()], [
    "second",
    undefined,
    false
  ])
  on.line.close()
  await settled()
})

/** An answer of which one piece was read. */
const begun = async (on: Connected, answer: string): Promise<Source> => {
  const asked = on.ask()
  on.say(answer)
  const source = sourceOf(await asked)
  assertEquals(await piece(source), "data")
  return source
}

Deno.test("what little follows a body that was left is read on, and the line is used again", async () => {
  const on = connected()
  const source = await begun(on, inChunks("data", 4).slice(0, -7))
  source.leave?.()
  on.say("\r\n5\r\n")
  await settled()
  assertEquals(on.became, [])
  on.say("after\r\n0\r\n\r\n", [1])
  await settled()
  assertEquals([on.became, on.isClosed()], [["idle"], false])
  assertEquals(await why(piece(source)), "cut")
  on.line.close()
  await settled()
})

Deno.test("a body that goes on for long after it was left is given up", async () => {
  const on = connected()
  const source = await begun(on, inOne("data").replace("4", "999999"))
  source.leave?.()
  on.say("x".repeat(200_000), [1000])
  for (let turn = 0; turn < 100; turn++) await settled()
  assertEquals(on.isClosed(), true)
  assertEquals(on.became, [])
})

Deno.test("a body that was left and does not end is given up after a second", async () => {
  const on = connected()
  const source = await begun(on, inOne("data").replace("4", "5"))
  const began = performance.now()
  source.leave?.()
  while (!on.isClosed() && performance.now() - began < 5000) await settled()
  const tookMs = performance.now() - began
  assert(tookMs > 900 && tookMs < 5000, String(tookMs))
  assertEquals(on.became, [])
})

Deno.test("leaving or cancelling a body that only the connection ends hangs up at once", async () => {
  for (const how of ["leave", "cancel"] as const) {
    const on = connected()
    const source = await begun(on, "HTTP/1.1 200 OK\r\n\r\ndata")
    source[how]?.()
    assertEquals([on.isClosed(), on.became], [true, []])
    await settled()
  }
})

Deno.test("a body that broke off, or is garbled, is cut, and its line is closed", async () => {
  const faults = [
    [inOne("data").replace("4", "5"), "cut"],
    [inChunks("data", 4).slice(0, -1), "cut"],
    [inChunks("data", 4).slice(0, -5), "cut"],
    [inChunks("data", 4).slice(0, -5) + "g", "malformed"]
  ] as const
  for (const [answer, fault] of faults) {
    const on = connected()
    const asked = on.ask()
    on.say(answer, [1])
    on.end()
    assertEquals([await why(asked.then(text)), on.isClosed(), on.became], [fault, true, []])
  }
  const whole = connected()
  const asked = whole.ask()
  whole.say("HTTP/1.1 200 OK\r\n\r\ndata")
  whole.end()
  assertEquals([await text(await asked), whole.isClosed(), whole.became], ["data", true, []])
})
