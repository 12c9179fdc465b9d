import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { TestClock } from "effect/testing"
import { assert, assertEquals, assertMatch } from "@std/assert"
import { GatewayError } from "../../../src/domain/GatewayError.ts"
import { Dropped } from "../../../src/telemetry/Dropped.ts"
import * as LineWriter from "../../../src/telemetry/logs/LineWriter.ts"
import * as Logs from "../../../src/telemetry/logs/logs.ts"
import { make as makeScrubber, Scrubber } from "../../../src/telemetry/logs/Scrubber.ts"
import { liveTest, test } from "../../kit/effect.ts"

/** What `program` logs, a line each, once the log is closed. */
const linesOf = Effect.fnUntraced(function* (program: Effect.Effect<unknown>) {
  let text = ""
  const sink = (bytes: Uint8Array) => {
    text += new TextDecoder().decode(bytes)
    return Promise.resolve()
  }
  yield* Effect.provide(
    program,
    Logs.layer(sink).pipe(
      Layer.provideMerge(Layer.succeed(Scrubber, makeScrubber())),
      Layer.provideMerge(Layer.succeed(Dropped, { traces: 0, logs: 0, metrics: 0 }))
    )
  )
  assert(text === "" || text.endsWith("\n"), text)
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line))
})

test("an event is one line of JSON, with the ids of its request", () =>
  Effect.gen(function* () {
    yield* TestClock.setTime(Date.UTC(2026, 0, 2, 3, 4, 5, 6))
    const lines = yield* linesOf(
      Effect.logWarning("Two\nlines", 7).pipe(
        Effect.annotateLogs({ requestId: "req_1", traceId: "0af7", actor: "a", absent: undefined })
      )
    )
    assertEquals(lines, [{
      time: "2026-01-02T03:04:05.006Z",
      level: "warn",
      message: "Two\nlines 7",
      request_id: "req_1",
      trace_id: "0af7",
      actor: "a"
    }])
  }))

/** As the engine writes it: it quotes what it could not read. */
const quoting = () => {
  try {
    return JSON.parse("my secret prompt")
  } catch (error) {
    return error
  }
}

test("a defect is told by its name and its places, never by its words", () =>
  Effect.gen(function* () {
    const [line] = yield* linesOf(Effect.logError("It broke", Cause.die(quoting())))
    assertEquals(line.message, "It broke")
    assertEquals(line.error, "SyntaxError")
    assertMatch(line.at, /tests\/telemetry\/logs\/logs_test\.ts:\d+:\d+/)
    assertEquals(/secret|prompt|Unexpected/.test(JSON.stringify(line)), false)
  }))

class Odd extends Data.TaggedError("Odd")<{ readonly reason: string }> {}

test("an error of ours is told by its tag and its reason's; anything else by what it is", () =>
  Effect.gen(function* () {
    const ours = new GatewayError({ reason: { _tag: "ModelNotFound", model: "secret" } })
    const misled = new Error("secret\n    at secret (file:///secret.ts:1:1)")
    misled.stack = `Error: other\n    at secret (file:///secret.ts:1:1)`
    const posing = new Error("secret\n    at secret (file:///secret.ts:1:1)")
    posing.name = "secret in a name"
    const lines = yield* linesOf(Effect.gen(function* () {
      yield* Effect.logError("a", Cause.fail(ours))
      yield* Effect.logError("a", Cause.fail(new Odd({ reason: "secret" })))
      yield* Effect.logError("a", Cause.die("secret"))
      yield* Effect.logError("a", Cause.die({ secret: "secret" }))
      yield* Effect.logError("a", Cause.interrupt())
      yield* Effect.logError("a", Cause.die(misled))
      yield* Effect.logError("a", Cause.die(posing))
      yield* Effect.logError("a", ours, { secret: "secret" }, ["secret"], null)
    }))
    assertEquals(lines.map(({ error }) => error), [
      "GatewayError/ModelNotFound",
      "Odd",
      "string",
      "object",
      "interrupted",
      "Error",
      "unnamed",
      undefined
    ])
    assertEquals(lines.at(-1).message, "a GatewayError/ModelNotFound object object object")
    assertEquals(JSON.stringify(lines).includes("secret"), false, JSON.stringify(lines, null, 1))
  }))

test("what looks like a credential, or is one that was set, is hidden wherever it stands", () =>
  Effect.gen(function* () {
    const set = "correct horse battery"
    const credentials = [
      "sk-proj-abcDEF123456",
      "sk-ant-api03-abcdef",
      "psk_0123456789ab_abcdefghijkl",
      "AIzaSyA1234567890abcdef",
      "Bearer abc.def",
      "x-api-key: hush12",
      '"Authorization":"Basic dXNlcjpwYXNz"',
      "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln",
      "https://user:pass@host/path",
      set
    ]
    const lines = yield* linesOf(Effect.gen(function* () {
      const { hide } = yield* Scrubber
      hide(set)
      hide("short")
      for (const credential of credentials) {
        yield* Effect.annotateLogs(Effect.logInfo(`Given ${credential}.`), { of: credential })
      }
      yield* Effect.logInfo("short and basic words, a task-list of key_1")
    }))
    for (const [at, credential] of credentials.entries()) {
      const text = JSON.stringify(lines[at])
      assert(text.includes("[hidden]"), text)
      assertEquals(text.includes(credential), false, text)
    }
    assertEquals(/dXNl|hush|pass@/.test(JSON.stringify(lines)), false)
    assertEquals(lines.at(-1).message, "short and basic words, a task-list of key_1")
  }))

test("a long text is cut", () =>
  Effect.gen(function* () {
    const [line] = yield* linesOf(Effect.logInfo("x".repeat(10_000)))
    assertEquals(line.message.length, 2000)
  }))

Deno.test("O8: a log that nobody reads holds up nobody; the oldest lines are lost, and counted", async () => {
  const written: Array<string> = []
  const gate = Promise.withResolvers<void>()
  let lost = 0
  const writer = LineWriter.make((bytes) => {
    written.push(new TextDecoder().decode(bytes))
    return gate.promise
  }, (count) => lost += count)
  const began = performance.now()
  for (let line = 0; line < 10_000; line++) writer.write(`${line}\n`)
  assert(performance.now() - began < 1000)
  assertEquals(written, ["0\n"])
  assertEquals(lost, 10_000 - 1 - 4096)
  gate.resolve()
  await writer.written()
  const lines = written.join("").split("\n").slice(0, -1).map(Number)
  assertEquals(lines.length, 4097)
  assertEquals(lines.slice(0, 2), [0, 10_000 - 4096])
  assertEquals(lines.at(-1), 9999)
})

Deno.test("lines that cannot be written are lost, counted, and those after them are written", async () => {
  let lost = 0
  const written: Array<string> = []
  const ways = [Promise.reject(new Error("broken pipe"))]
  const writer = LineWriter.make((bytes) => {
    written.push(new TextDecoder().decode(bytes))
    return ways.shift() ?? Promise.resolve()
  }, (count) => lost += count)
  writer.write("a\n")
  writer.write("b\n")
  writer.write("c\n")
  await writer.written()
  assertEquals(written, ["a\n", "b\nc\n"])
  assertEquals(lost, 1)
})

liveTest(
  "O8: closing a log that nobody reads takes a second, not for ever",
  () =>
    Effect.gen(function* () {
      const began = performance.now()
      yield* Effect.provide(
        Effect.logInfo("a"),
        Logs.layer(() => new Promise(() => {}))
      )
      const took = performance.now() - began
      assert(took > 900 && took < 3000, `${took} ms`)
    })
)

test("the log takes the place of every other, so that nothing is told twice", () =>
  Effect.gen(function* () {
    const others: Array<unknown> = []
    const other = Logger.layer([Logger.make(({ message }) => void others.push(message))])
    assertEquals((yield* linesOf(Effect.logInfo("a")).pipe(Effect.provide(other))).length, 1)
    assertEquals(others, [])
  }))
