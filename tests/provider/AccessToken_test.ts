import { assert, assertEquals } from "@std/assert"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { UpstreamFault } from "../../src/domain/UpstreamFault.ts"
import { type FetchToken, makeAccessToken } from "../../src/provider/AccessToken.ts"
import type { Send } from "../../src/provider/Egress.ts"
import { test } from "../kit/effect.ts"
import { pass, settled } from "../kit/upstream.ts"

const send: Send = () => Effect.die("nothing is sent here")
const minute = 60_000

/** A source of tokens that live for `lifeMs` and take `takesMs` to fetch; some fetches fail. */
const source = (
  { lifeMs = 60 * minute, takesMs = 0, fails = (_: number): boolean => false } = {}
) => {
  const signals: Array<AbortSignal> = []
  const fetch: FetchToken = Effect.fnUntraced(function* (_send, signal) {
    signals.push(signal)
    const number = signals.length
    yield* Effect.sleep(takesMs)
    if (fails(number)) {
      return yield* new UpstreamFault({ class: "auth", message: `failed ${number}` })
    }
    const now = yield* Clock.currentTimeMillis
    return { token: `token ${number}`, expiresAtMs: now + lifeMs }
  })
  const token = makeAccessToken(fetch)
  return {
    signals,
    token,
    ask: Effect.suspend(() => token.get(send, new AbortController().signal))
  }
}

test("a token is fetched once, and used until five minutes before its end", () =>
  Effect.gen(function* () {
    const { ask, signals } = source()
    assertEquals(yield* ask, "token 1")
    yield* TestClock.adjust(55 * minute - 1)
    assertEquals(yield* ask, "token 1")
    assertEquals(signals.length, 1)
    yield* TestClock.adjust(1)
    assertEquals(yield* ask, "token 2")
  }))

test("a token that lives for less than ten minutes is used for half its life", () =>
  Effect.gen(function* () {
    const { ask } = source({ lifeMs: 4 * minute })
    assertEquals(yield* ask, "token 1")
    yield* TestClock.adjust(2 * minute - 1)
    assertEquals(yield* ask, "token 1")
    yield* TestClock.adjust(1)
    assertEquals(yield* ask, "token 2")
  }))

test("a hundred who ask at once have one token fetched", () =>
  Effect.gen(function* () {
    const { ask, signals } = source({ takesMs: 100 })
    const all = yield* Effect.forEach(Array.from({ length: 100 }), () => Effect.forkChild(ask))
    yield* pass(100)
    assertEquals(
      new Set(yield* Effect.forEach(all, (fiber) => Fiber.join(fiber))),
      new Set(["token 1"])
    )
    assertEquals(signals.length, 1)
  }))

test("a failure is told to all who wait, and not kept", () =>
  Effect.gen(function* () {
    const { ask, signals } = source({ takesMs: 100, fails: (number) => number === 1 })
    const all = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(Effect.flip(ask)))
    yield* pass(100)
    for (const fiber of all) assertEquals((yield* Fiber.join(fiber)).message, "failed 1")
    assertEquals(signals.length, 1)
    const next = yield* Effect.forkChild(ask)
    yield* pass(100)
    assertEquals(yield* Fiber.join(next), "token 2")
  }))

test("a token that cannot be renewed is used on until its end, and tried again", () =>
  Effect.gen(function* () {
    const { ask, signals } = source({ fails: (number) => number > 1 })
    yield* ask
    yield* TestClock.adjust(55 * minute)
    assertEquals(yield* ask, "token 1")
    assertEquals(yield* ask, "token 1")
    assertEquals(signals.length, 2)
    yield* TestClock.adjust("30 seconds")
    assertEquals(yield* ask, "token 1")
    assertEquals(signals.length, 3)
    yield* TestClock.adjust(5 * minute)
    assertEquals((yield* Effect.flip(ask)).class, "auth")
  }))

test("the first who asked may leave: the others get their token", () =>
  Effect.gen(function* () {
    const { ask, signals } = source({ takesMs: 100 })
    const first = yield* Effect.forkChild(ask)
    yield* settled
    const second = yield* Effect.forkChild(ask)
    yield* pass(50)
    yield* Fiber.interrupt(first)
    assert(Exit.hasInterrupts(yield* Fiber.await(first)))
    yield* pass(50)
    assertEquals(yield* Fiber.join(second), "token 1")
    assertEquals(signals.map(({ aborted }) => aborted), [false])
  }))

test("a fetch that nobody waits for is hung up on, and the next who asks begins anew", () =>
  Effect.gen(function* () {
    const { ask, signals } = source({ takesMs: 100 })
    const both = yield* Effect.forEach([1, 2], () => Effect.forkChild(ask))
    yield* pass(50)
    yield* Fiber.interruptAll(both)
    assertEquals(signals.map(({ aborted }) => aborted), [true])
    const next = yield* Effect.forkChild(ask)
    yield* pass(100)
    assertEquals(yield* Fiber.join(next), "token 2")
  }))

test("a fetch that hangs fails after ten seconds, and is hung up on", () =>
  Effect.gen(function* () {
    const { ask, signals } = source({ takesMs: 60 * minute })
    const hung = yield* Effect.forkChild(Effect.flip(ask))
    yield* pass(10_000)
    assertEquals((yield* Fiber.join(hung)).class, "timeout_headers")
    assertEquals(signals.map(({ aborted }) => aborted), [true])
  }))

test("a clock that is set back does not make a token good for longer", () =>
  Effect.gen(function* () {
    const clock = yield* Clock.clockWith(Effect.succeed)
    let offsetMs = 600 * minute
    const wall = () => clock.currentTimeMillisUnsafe() + offsetMs
    const adjustable: Clock.Clock = {
      sleep: (duration) => clock.sleep(duration),
      currentTimeMillisUnsafe: wall,
      currentTimeMillis: Effect.sync(wall),
      currentTimeNanosUnsafe: () => BigInt(wall()) * 1_000_000n,
      currentTimeNanos: Effect.sync(() => BigInt(wall()) * 1_000_000n),
      monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
      monotonicTimeNanos: clock.monotonicTimeNanos
    }
    const asking = source()
    const ask = Effect.provideService(asking.ask, Clock.Clock, adjustable)
    assertEquals(yield* ask, "token 1")
    offsetMs = 0
    assertEquals(yield* ask, "token 1")
    yield* TestClock.adjust(55 * minute)
    assertEquals(yield* ask, "token 2")
  }))

test("a token that was refused is not used again, unless it was fetched just now", () =>
  Effect.gen(function* () {
    const { ask, signals, token } = source()
    assertEquals(yield* ask, "token 1")
    yield* TestClock.adjust(29_999)
    assertEquals(yield* token.refused("token 1"), false)
    assertEquals(yield* ask, "token 1")
    yield* TestClock.adjust(1)
    assertEquals(yield* token.refused("token 1"), true)
    assertEquals(token.held(), undefined)
    assertEquals(yield* ask, "token 2")
    // Who was refused with the one before need not have the new one taken away.
    assertEquals(yield* token.refused("token 1"), true)
    assertEquals(yield* ask, "token 2")
    assertEquals(signals.length, 2)
  }))

test("a token that was refused is not used on where there is no other", () =>
  Effect.gen(function* () {
    const { ask, token } = source({ fails: (number) => number > 1 })
    assertEquals(yield* ask, "token 1")
    yield* TestClock.adjust(minute)
    assertEquals(yield* token.refused("token 1"), true)
    assertEquals((yield* Effect.flip(ask)).message, "failed 2")
  }))
