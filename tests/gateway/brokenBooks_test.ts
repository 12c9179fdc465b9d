import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { counted, cut, done, pass, piece, role, says, silence, streaming } from "../kit/upstream.ts"
import { calls, request, underWay } from "./books.ts"
import { providers } from "./places.ts"
import { broken, generate, priced, stream } from "./priced.ts"

const fail = { stream_recovery: "fail", fallback_models: [] }

test("a stream that is cut is charged for what was delivered, counted, and by what was reported", () =>
  Effect.gen(function* () {
    const client = yield* stream
    assertEquals(client.failure(), "stream_cut")
    const row = yield* request
    assertEquals([row.outcome, row.source, row.prompt_tokens], ["stream_error", "mixed", 40])
    assertEquals(row.completion_tokens, 3)
  }).pipe(Effect.provide(simulated(
    providers({ one: [streaming(counted(40, 1), says("one two "), says("three"), cut)] }).send,
    priced(fail)
  ))))

test("a broken stream that is taken up is one row: all that its client was shown is paid for", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(5000)
    const client = yield* Fiber.join(fiber)
    assertEquals(client.text(), "one two three")
    const row = yield* request
    const all = yield* calls
    const [first] = all
    const last = all.at(-1)
    assertEquals([row.outcome, row.model, row.source], ["ok", "far", "mixed"])
    assertEquals([first?.outcome, first?.source, last?.source], [
      "stream_cut",
      "estimated",
      "reported"
    ])
    assertEquals(last?.resumed, "instruction")
    const sum = (of: "completion_tokens" | "input_nanos") =>
      all.reduce((total, call) => total + (call[of] ?? 0), 0)
    assertEquals(row.completion_tokens, sum("completion_tokens"))
    assertEquals(row.input_nanos, sum("input_nanos"))
  }).pipe(Effect.provide(simulated(
    providers({
      one: [streaming(role, says("one two "), cut)],
      two: [streaming(role, says("three"), piece({}, "stop"), counted(20, 2), done)]
    }).send,
    priced()
  ))))

test("what was delivered so far is in the books within about a second, for the case of a crash", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(100)
    const before = (yield* underWay)[0]?.completion_tokens
    yield* pass(2500)
    const [after] = yield* underWay
    assertEquals(before, 0)
    assert((after?.completion_tokens ?? 0) >= 4, `${after?.completion_tokens}`)
    assert((after?.output_nanos ?? 0) >= 28)
    yield* Fiber.interrupt(fiber)
  }).pipe(Effect.provide(simulated(
    providers({ one: [streaming(says("one two three four five"), silence)] }).send,
    priced()
  ))))

test("a call that failed is noted as that, for the case of a crash while another is tried", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.exit(generate))
    yield* pass(3000)
    assertEquals(
      (yield* underWay).map((call) => [call.deployment, call.prompt_tokens > 0, call.input_nanos]),
      [["near@one", false, null], ["near@one", false, null], ["far@two", true, 18]]
    )
    yield* Fiber.interrupt(fiber)
  }).pipe(Effect.provide(
    simulated(providers({ one: [broken], two: [{ steps: [silence] }] }).send, priced())
  )))

test("a call that takes up a broken stream is noted as that before it is made", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(3000)
    assertEquals(
      (yield* underWay).map(({ deployment, resumed }) => [deployment, resumed]).at(-1),
      ["far@two", "instruction"]
    )
    yield* Fiber.interrupt(fiber)
  }).pipe(Effect.provide(simulated(
    providers({ one: [streaming(role, says("one two "), cut)], two: [{ steps: [silence] }] }).send,
    priced()
  ))))
