import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { assertEquals } from "@std/assert"
import { type BatchSize, make } from "../../../src/telemetry/otlp/Batch.ts"
import { test } from "../../kit/effect.ts"

const size: BatchSize = { queue: 5, batch: 3, intervalMs: 1000, timeoutMs: 10_000 }

/** A batch, what was sent of it, and what was lost. */
const recorder = Effect.fnUntraced(function* (
  answer: (items: ReadonlyArray<number>) => Effect.Effect<void, unknown> = () => Effect.void,
  over: Partial<BatchSize> = {}
) {
  const sent: Array<ReadonlyArray<number>> = []
  const lost: Array<number> = []
  const batch = yield* make<number>(
    { ...size, ...over },
    (items) => Effect.andThen(Effect.sync(() => sent.push(items)), answer(items)),
    (items) => lost.push(...items)
  )
  yield* TestClock.adjust(0)
  return { ...batch, sent, lost }
})

test("what is added waits for others until its time is over", () =>
  Effect.gen(function* () {
    const { add, lost, sent } = yield* recorder()
    add(1)
    yield* TestClock.adjust(600)
    add(2)
    assertEquals(sent, [])
    yield* TestClock.adjust(400)
    assertEquals(sent, [[1, 2]])
    // Its own time, not the one that runs anyway.
    yield* TestClock.adjust(5700)
    add(3)
    yield* TestClock.adjust(999)
    assertEquals(sent.length, 1)
    yield* TestClock.adjust(1)
    assertEquals(sent, [[1, 2], [3]])
    assertEquals(lost, [])
  }))

test("a batch that is full does not wait", () =>
  Effect.gen(function* () {
    const { add, sent } = yield* recorder()
    for (const item of [1, 2]) add(item)
    yield* TestClock.adjust(1)
    assertEquals(sent, [])
    for (const item of [3, 4]) add(item)
    yield* TestClock.adjust(1)
    assertEquals(sent, [[1, 2, 3], [4]])
  }))

test("O8: while a receiver does not answer, one batch is under way and the oldest are dropped", () =>
  Effect.gen(function* () {
    const gate = Deferred.makeUnsafe<void>()
    const { add, lost, sent } = yield* recorder(() => Deferred.await(gate))
    for (const item of [1, 2, 3]) add(item)
    yield* TestClock.adjust(0)
    for (const item of [4, 5, 6, 7, 8, 9, 10]) add(item)
    yield* TestClock.adjust(5000)
    assertEquals(sent, [[1, 2, 3]])
    assertEquals(lost, [4, 5])
    yield* Deferred.succeed(gate, undefined)
    yield* TestClock.adjust(0)
    assertEquals(sent, [[1, 2, 3], [6, 7, 8], [9, 10]])
  }))

test("a batch that is refused, fails unexpectedly or takes too long is lost, and the next is sent", () =>
  Effect.gen(function* () {
    const ways = [Effect.fail("no"), Effect.die("bug"), Effect.never, Effect.void]
    const { add, lost, sent } = yield* recorder(() => ways.shift() ?? Effect.void, { batch: 1 })
    for (const item of [1, 2, 3, 4]) add(item)
    yield* TestClock.adjust(9999)
    assertEquals(lost, [1, 2])
    yield* TestClock.adjust(1)
    assertEquals(lost, [1, 2, 3])
    assertEquals(sent, [[1], [2], [3], [4]])
  }))

test("what is left is sent on closing, and nothing after that", () =>
  Effect.gen(function* () {
    const { add, close, lost, sent } = yield* recorder()
    for (const item of [1, 2]) add(item)
    yield* close
    assertEquals(sent, [[1, 2]])
    add(3)
    yield* TestClock.adjust(10_000)
    assertEquals(sent, [[1, 2]])
    assertEquals(lost, [3])
  }))

test("what was added just before closing is sent too", () =>
  Effect.gen(function* () {
    const sent: Array<number> = []
    const send = (items: ReadonlyArray<number>) => Effect.sync(() => sent.push(...items))
    const { add, close } = yield* make<number>(size, send, () => {})
    add(1)
    yield* close
    assertEquals(sent, [1])
  }))

test("closing waits 2 s for a receiver that does not answer, and counts what that loses", () =>
  Effect.gen(function* () {
    const { add, close, lost } = yield* recorder(() => Effect.never)
    for (const item of [1, 2, 3]) add(item)
    yield* TestClock.adjust(0)
    add(4)
    const closing = yield* Effect.forkChild(close)
    yield* TestClock.adjust(1999)
    assertEquals(closing.pollUnsafe(), undefined)
    yield* TestClock.adjust(1)
    yield* Fiber.join(closing)
    assertEquals(lost, [1, 2, 3, 4])
  }))
