import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { TestClock } from "effect/testing"
import { defaultTimeLimits, type TimeLimits } from "../../src/config/TimeLimits.ts"
import { Watchman } from "../../src/guard/Watchman.ts"
import { test } from "../kit/effect.ts"

const watching = (
  name: string,
  own: Partial<TimeLimits>,
  body: (watchman: Watchman["Service"], now: () => number) => Effect.Effect<void>
) =>
  test(name, () =>
    Effect.gen(function* () {
      const clock = yield* TestClock.testClockWith(Effect.succeed)
      yield* body(yield* Watchman, () => clock.currentTimeMillisUnsafe())
    }).pipe(
      Effect.provide(Watchman.layer({ ...defaultTimeLimits, ...own })),
      Effect.provide(Logger.layer([]))
    ))

const quiet = () => {}

/** Has `watchman` watch work that has a place, and `headMs` until its head. */
const given = (watchman: Watchman["Service"], headMs: number, abandon: () => void) => {
  const { guard } = watchman.begin({ headMs, totalMs: 600_000, keepAlive: quiet })
  guard(abandon).begun()
}

watching(
  "each of several requests is given up at its own time",
  {},
  (watchman, now) =>
    Effect.gen(function* () {
      const begun = Array.from({ length: 50 }, (_, at) => at * 7)
      const ended: Array<number> = []
      for (const _ of begun) {
        given(watchman, 30_000, () => ended.push(now()))
        yield* TestClock.adjust(7)
      }
      yield* TestClock.adjust(40_000)
      assertEquals(ended, begun.map((at) => at + 30_000))
    })
)

watching(
  "in a crowd each is given up soon after its time, and never before",
  {},
  (watchman, now) =>
    Effect.gen(function* () {
      const late: Array<number> = []
      for (let request = 0; request < 500; request++) {
        const due = now() + 30_000
        given(watchman, 30_000, () => late.push(now() - due))
        yield* TestClock.adjust(3)
      }
      yield* TestClock.adjust(40_000)
      assertEquals(late.length, 500)
      assert(
        late.every((ms) => ms >= 0 && ms <= 150),
        `${Math.min(...late)} to ${Math.max(...late)}`
      )
    })
)

watching(
  "a request that has ended is neither given up nor kept alive",
  {},
  (watchman) =>
    Effect.gen(function* () {
      const heard: Array<string> = []
      const { watch, guard } = watchman.begin(
        { headMs: 30_000, totalMs: 600_000, keepAlive: () => heard.push("keep-alive") }
      )
      const { begun, over } = guard(() => heard.push("given up"))
      begun()
      watch.head()
      watch.progress(true)
      yield* TestClock.adjust(15_000)
      assertEquals(heard, ["keep-alive"])
      over()
      yield* TestClock.adjust("1 hour")
      assertEquals(heard, ["keep-alive"])
    })
)

watching("a request is given up once", {}, (watchman) =>
  Effect.gen(function* () {
    let times = 0
    given(watchman, 1000, () => times++)
    yield* TestClock.adjust("1 hour")
    assertEquals(times, 1)
  }))

watching(
  "after a pause the next request is watched as the first was",
  {},
  (watchman, now) =>
    Effect.gen(function* () {
      for (const _ of [1, 2, 3]) {
        const due = now() + 5000
        const ended: Array<number> = []
        given(watchman, 5000, () => ended.push(now()))
        yield* TestClock.adjust("1 hour")
        assertEquals(ended, [due])
      }
    })
)

watching(
  "a short limit is kept, whatever longer one is being waited for",
  { streamHeadMs: 2000 },
  (watchman, now) =>
    Effect.gen(function* () {
      const first = watchman.begin({ headMs: 2000, totalMs: 600_000, keepAlive: quiet })
      const { begun, over } = first.guard(quiet)
      begun()
      first.watch.head()
      first.watch.progress(true)
      yield* TestClock.adjust(3000)
      const ended: Array<number> = []
      given(watchman, 2000, () => ended.push(now()))
      yield* TestClock.adjust(2000)
      assertEquals(ended, [5000])
      // The one that was waited for is gone, and the next is alone again.
      over()
      given(watchman, 2000, () => ended.push(now()))
      yield* TestClock.adjust(2000)
      assertEquals(ended, [5000, 7000])
    })
)

watching(
  "one that cannot be told anything does not end the watch over the others",
  {},
  (watchman) =>
    Effect.gen(function* () {
      const ended: Array<number> = []
      for (const place of [0, 1, 2]) {
        const { watch, guard } = watchman.begin({
          headMs: 30_000,
          totalMs: 600_000,
          keepAlive: () => {
            if (place === 1) throw new Error("a bug")
          }
        })
        guard(() => ended.push(place)).begun()
        watch.head()
        watch.progress(true)
      }
      yield* TestClock.adjust("1 minute")
      assertEquals(ended.filter((place) => place !== 1), [0, 2])
    })
)

watching(
  "one that begins while another is given up is watched too",
  {},
  (watchman, now) =>
    Effect.gen(function* () {
      const ended: Array<number> = []
      given(watchman, 1000, () => {
        ended.push(now())
        given(watchman, 1000, () => ended.push(now()))
      })
      yield* TestClock.adjust(5000)
      assertEquals(ended, [1000, 2000])
    })
)

watching(
  "while there is no place only the total counts, and the head is waited for from then on",
  {},
  (watchman, now) =>
    Effect.gen(function* () {
      const ended: Array<number> = []
      const one = watchman.begin({ headMs: 1000, totalMs: 60_000, keepAlive: quiet })
      const { begun } = one.guard(() => ended.push(now()))
      watchman.begin({ headMs: 1000, totalMs: 30_000, keepAlive: quiet })
        .guard(() => ended.push(now()))
      yield* TestClock.adjust(20_500)
      assertEquals(ended, [])
      begun()
      yield* TestClock.adjust(40_000)
      assertEquals(ended, [21_500, 30_000])
    })
)

watching(
  "an open client is told that the answer goes on, whatever is waited for, but for itself",
  {},
  (watchman, now) =>
    Effect.gen(function* () {
      const heard: Array<number> = []
      const { watch, guard } = watchman.begin({
        headMs: 600_000,
        totalMs: 600_000,
        keepAlive: () => heard.push(now()),
        spokeAt: now()
      })
      guard(quiet).begun()
      yield* TestClock.adjust(16_000)
      watch.head()
      yield* TestClock.adjust(16_000)
      // It came, and nothing of it was shown.
      watch.progress(false)
      yield* TestClock.adjust(14_000)
      assertEquals(heard, [15_000, 30_000, 45_000])
      watch.waitForClient()
      yield* TestClock.adjust(20_000)
      assertEquals(heard.length, 3)
    })
)

watching(
  "a client in a hurry for the first content has all the time for the rest",
  {},
  (watchman, now) =>
    Effect.gen(function* () {
      const ended: Array<number> = []
      for (const comes of [false, true]) {
        const { watch, guard } = watchman.begin({
          headMs: 30_000,
          totalMs: 5000,
          contentTotalMs: 12_000,
          keepAlive: quiet
        })
        guard(() => ended.push(now())).begun()
        watch.head()
        if (comes) watch.progress(true)
      }
      yield* TestClock.adjust(20_000)
      assertEquals(ended, [5000, 12_000])
    })
)
