import { assertEquals, assertInstanceOf } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { defaultTimeLimits, type TimeLimits } from "../../src/config/TimeLimits.ts"
import { UpstreamFault } from "../../src/domain/UpstreamFault.ts"
import type { Watch } from "../../src/guard/Watch.ts"
import { ClientTooSlow, type TooSlow, Watchman } from "../../src/guard/Watchman.ts"
import { law, test } from "../kit/effect.ts"

/** Something that the watched work tells, so many milliseconds after it began. */
type Event = readonly [at: number, tell: keyof Watch]

const limits: TimeLimits = {
  streamHeadMs: 30_000,
  wholeHeadMs: 300_000,
  firstTokenMs: 60_000,
  idleMs: 31_000,
  totalMs: 600_000,
  keepAliveMs: 15_000,
  slowClientMs: 61_000
}

/** Runs `work` under the watch of a watchman of its own. */
const watched = <A, E>(
  own: TimeLimits,
  headMs: number,
  keepAlive: () => void,
  work: (watch: Watch) => Effect.Effect<A, E>
): Effect.Effect<A, E | TooSlow> =>
  Watchman.use((watchman) => {
    const { watch, guard } = watchman.begin({ headMs, totalMs: own.totalMs, keepAlive })
    const tooSlow = Effect.callback<never, TooSlow>((resume) => {
      const { begun, over } = guard((error) => resume(Effect.fail(error)))
      begun()
      return Effect.sync(over)
    })
    return Effect.raceFirst(tooSlow, Effect.suspend(() => work(watch)))
  }).pipe(Effect.provide(Watchman.layer(own)))

/** Watches work that tells `events` and never ends; says how and when it was given up. */
const watching = Effect.fnUntraced(function* (events: ReadonlyArray<Event>, own: TimeLimits) {
  const start = yield* TestClock.testClockWith(({ currentTimeMillis }) => currentTimeMillis)
  const clock = yield* TestClock.testClockWith(Effect.succeed)
  const time = () => clock.currentTimeMillisUnsafe() - start
  const keptAlive: Array<number> = []
  let left = -1
  const work = (watch: Watch) =>
    Effect.gen(function* () {
      for (const [at, tell] of events) {
        yield* Effect.sleep(at - time())
        tell === "progress" ? watch.progress(true) : watch[tell]()
      }
      return yield* Effect.never
    }).pipe(Effect.onInterrupt(() =>
      Effect.sync(() => {
        left = time()
      })
    ))
  const fiber = yield* Effect.forkChild(
    Effect.flip(watched(own, own.streamHeadMs, () => keptAlive.push(time()), work))
  )
  yield* TestClock.adjust(own.totalMs)
  const error = yield* Fiber.join(fiber)
  const kind = error instanceof UpstreamFault ? error.class : error._tag
  return { kind, at: left, keptAlive }
})

const given = (
  name: string,
  events: ReadonlyArray<Event>,
  expected: { readonly kind: string; readonly at: number; readonly keptAlive?: Array<number> },
  own: Partial<TimeLimits> = {}
) =>
  test(
    name,
    () =>
      Effect.map(watching(events, { ...limits, ...own }), (was) =>
        assertEquals(was, { keptAlive: [], ...expected }))
  )

given("no head in time", [], { kind: "timeout_headers", at: 30_000 })
given("a head, and no content in time", [[1, "head"]], { kind: "timeout_first_token", at: 60_000 })
given("a head at the last moment counts", [[29_999, "head"]], {
  kind: "timeout_first_token",
  at: 60_000
})
given("silence after content is counted from the last content", [
  [1000, "head"],
  [1000, "progress"],
  [20_000, "progress"]
], { kind: "timeout_idle", at: 51_000, keptAlive: [16_000, 35_000, 50_000] })
given("a client is told that the answer goes on after each silence, from the first on", [
  [1, "head"],
  [2, "progress"]
], { kind: "timeout_idle", at: 31_002, keptAlive: [15_002, 30_002] })
given("a client that does not read is waited for, and not told anything", [
  [1, "head"],
  [2, "progress"],
  [3, "waitForClient"]
], { kind: "ClientTooSlow", at: 61_003 })
given("the provider's silence is counted from when the client had room again", [
  [1, "head"],
  [2, "progress"],
  [3, "waitForClient"],
  [40_000, "progress"]
], { kind: "timeout_idle", at: 71_000, keptAlive: [55_000, 70_000] })
given("limits shorter than the time to the head are kept too", [[100, "head"]], {
  kind: "timeout_first_token",
  at: 5000
}, { firstTokenMs: 5000 })
given(
  "a short patience with a slow client is kept",
  [
    [100, "head"],
    [100, "progress"],
    [100, "waitForClient"]
  ],
  { kind: "ClientTooSlow", at: 5100 },
  { slowClientMs: 5000 }
)
given(
  "an answer that goes on for ever is ended",
  [
    [1, "head"],
    ...Array.from({ length: 60 }, (_, at): Event => [at * 1000 + 2, "progress"])
  ],
  { kind: "timeout_total", at: 50_000 },
  { totalMs: 50_000 }
)

given(
  "a client that is waited for when all the time is over is to blame for it",
  [
    [1, "head"],
    [2, "progress"],
    [49_999, "waitForClient"]
  ],
  { kind: "ClientTooSlow", at: 50_000, keptAlive: [15_002, 30_002, 45_002] },
  { totalMs: 50_000, idleMs: 60_000 }
)

test("work that ends in time is let be", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(
      watched(limits, 30_000, () => {}, () => Effect.as(Effect.sleep(29_999), "done"))
    )
    yield* TestClock.adjust(29_999)
    assertEquals(yield* Fiber.join(fiber), "done")
  }))

test("a failure of the work is its own", () =>
  Effect.gen(function* () {
    assertEquals(
      yield* Effect.flip(watched(limits, 1, () => {}, () => Effect.fail("mine"))),
      "mine"
    )
  }))

test("a client that is too slow is no fault of the provider", () =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(
      Effect.flip(watched(defaultTimeLimits, 1, () => {}, (watch) => {
        watch.waitForClient()
        return Effect.never
      }))
    )
    yield* TestClock.adjust(60_000)
    assertInstanceOf(yield* Fiber.join(fiber), ClientTooSlow)
  }))

const Ms = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))

/** What the doc comments of the limits say, said once more: the earliest deadline that is in force. */
const expected = (events: ReadonlyArray<Event>, own: TimeLimits) => {
  let deadline = own.streamHeadMs
  let kind = "timeout_headers"
  for (const [at, tell] of events) {
    if (at >= Math.min(deadline, own.totalMs)) break
    if (tell === "head") [deadline, kind] = [own.firstTokenMs, "timeout_first_token"]
    else if (tell === "progress") [deadline, kind] = [at + own.idleMs, "timeout_idle"]
    else [deadline, kind] = [at + own.slowClientMs, "ClientTooSlow"]
  }
  if (deadline <= own.totalMs) return { kind, at: deadline }
  return { kind: kind === "ClientTooSlow" ? kind : "timeout_total", at: own.totalMs }
}

law(
  "whatever happens when, the first limit to pass ends it, to the millisecond",
  Schema.Struct({
    limits: Schema.Struct({ head: Ms, more: Ms, idle: Ms, total: Ms, alive: Ms, client: Ms }),
    head: Ms,
    then: Schema.Array(Schema.Struct({ after: Ms, client: Schema.Boolean }))
  }),
  ({ limits: { head, more, idle, total, alive, client }, head: headAt, then }) => {
    const own: TimeLimits = {
      streamHeadMs: head,
      wholeHeadMs: head,
      firstTokenMs: head + more,
      idleMs: idle,
      totalMs: total * 5,
      keepAliveMs: alive,
      slowClientMs: client
    }
    let at = headAt
    const events: Array<Event> = [[headAt, "head"]]
    for (const { after, client } of then) {
      at += after
      events.push([at, client ? "waitForClient" : "progress"])
    }
    const wanted = expected(events, own)
    // Two things in the same millisecond may come in either order.
    if (events.some(([time]) => time === wanted.at)) return Effect.succeed(true)
    return Effect.map(watching(events, own), ({ kind, at }) => {
      assertEquals({ kind, at }, wanted)
      return true
    })
  }
)
