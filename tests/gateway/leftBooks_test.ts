import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { counted, done, pass, says, silence, stop, streaming } from "../kit/upstream.ts"
import { calls, request, requests, underWay } from "./books.ts"
import { providers } from "./places.ts"
import { broken, generate, good, priced, stream, tokens } from "./priced.ts"

test("C2: a client that leaves pays for what it was sent, by the gateway's count", () => {
  const provider = providers({ one: [streaming(says("one two three four"), silence)] })
  return Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(100)
    yield* Fiber.interrupt(fiber)
    const row = yield* request
    assertEquals([row.outcome, row.source], ["client_abort", "estimated"])
    assertEquals(row.completion_tokens, 4)
    assertEquals(provider.calls[0]?.cancelled, true)
    assertEquals((yield* calls).map(({ outcome }) => outcome), ["left"])
  }).pipe(Effect.provide(simulated(provider.send, priced())))
})

test("C1: a client that leaves before the head of the answer is charged nothing", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(100)
    yield* Fiber.interrupt(fiber)
    const row = yield* request
    assertEquals([row.outcome, row.source, ...tokens(row)], ["client_abort", "unknown", 0, 0])
    assertEquals(row.calls, 1)
  }).pipe(Effect.provide(simulated(
    providers({ one: [{ ...streaming(says("Hi"), done), headMs: 1000 }] }).send,
    priced()
  ))))

const slowly = streaming(says("one two "), 1000, says("three"), stop, counted(9, 6), done)

test("with on_disconnect: drain the provider is read on for its own count, and nobody sees it", () => {
  const provider = providers({ one: [slowly] })
  return Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(100)
    const leaving = yield* Effect.forkChild(Fiber.interrupt(fiber))
    yield* pass(100)
    assertEquals([(yield* underWay).length, (yield* requests).length], [1, 0])
    yield* pass(1000)
    yield* Fiber.join(leaving)
    const row = yield* request
    assertEquals([row.outcome, row.source, ...tokens(row)], ["client_abort", "reported", 9, 6])
    assertEquals((yield* calls).map(({ outcome }) => outcome), ["answered"])
  }).pipe(Effect.provide(simulated(provider.send, priced({ on_disconnect: "drain" }))))
})

test("reading on is bounded: then the provider is hung up on, and what came is counted", () => {
  const provider = providers({ one: [streaming(says("one two "), 1000, says("three"), silence)] })
  return Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(stream)
    yield* pass(100)
    const leaving = yield* Effect.forkChild(Fiber.interrupt(fiber))
    yield* pass(1900)
    assertEquals([(yield* underWay).length, (yield* requests).length], [1, 0])
    yield* pass(200)
    yield* Fiber.join(leaving)
    const row = yield* request
    assertEquals([row.outcome, row.source], ["client_abort", "estimated"])
    assertEquals(row.completion_tokens, 3)
    assertEquals(provider.calls[0]?.cancelled, true)
  }).pipe(Effect.provide(simulated(
    provider.send,
    priced({ on_disconnect: "drain" }, { timeouts: { read_on_seconds: 2 } })
  )))
})

test("whoever has left has nobody else asked, though it is read on", () => {
  const provider = providers({ one: [{ ...broken, headMs: 500 }], two: [good] })
  return Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(generate)
    yield* pass(100)
    const leaving = yield* Effect.forkChild(Fiber.interrupt(fiber))
    yield* pass(5000)
    yield* Fiber.join(leaving)
    assertEquals(provider.places(), ["one"])
    assertEquals((yield* request).outcome, "client_abort")
  }).pipe(Effect.provide(simulated(provider.send, priced({ on_disconnect: "drain" }))))
})
