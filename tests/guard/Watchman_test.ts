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

watching(
  "each of several requests is given up at its own time",
  {},
  (watchman, now) =>
    Effect.gen(function* () {
      const begun = Array.from({ length: 50 }, (_, at) => at * 7)
      const ended: Array<number> = []
      for (const _ of begun) {
        watchman.begin(30_000, 600_000, quiet).guard(() => ended.push(now()))
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
        watchman.begin(30_000, 600_000, quiet).guard(() => late.push(now() - due))
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
      const { watch, guard } = watchman.begin(30_000, 600_000, () => heard.push("keep-alive"))
      const release = guard(() => heard.push("given up"))
      watch.head()
      watch.progress()
      yield* TestClock.adjust(15_000)
      assertEquals(heard, ["keep-alive"])
      release()
      yield* TestClock.adjust("1 hour")
      assertEquals(heard, ["keep-alive"])
    })
)

watching("a request is given up once", {}, (watchman) =>
  Effect.gen(function* () {
    let times = 0
    watchman.begin(1000, 600_000, quiet).guard(() => times++)
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
        watchman.begin(5000, 600_000, quiet).guard(() => ended.push(now()))
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
      const first = watchman.begin(2000, 600_000, quiet)
      const release = first.guard(quiet)
      first.watch.head()
      first.watch.progress()
      yield* TestClock.adjust(3000)
      const ended: Array<number> = []
      watchman.begin(2000, 600_000, quiet).guard(() => ended.push(now()))
      yield* TestClock.adjust(2000)
      assertEquals(ended, [5000])
      // The one that was waited for is gone, and the next is alone again.
      release()
      watchman.begin(2000, 600_000, quiet).guard(() => ended.push(now()))
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
        const { watch, guard } = watchman.begin(30_000, 600_000, () => {
          if (place === 1) throw new Error("a bug")
        })
        guard(() => ended.push(place))
        watch.head()
        watch.progress()
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
      watchman.begin(1000, 600_000, quiet).guard(() => {
        ended.push(now())
        const next = watchman.begin(1000, 600_000, quiet).guard(() => ended.push(now()))
        assertEquals(typeof next, "function")
      })
      yield* TestClock.adjust(5000)
      assertEquals(ended, [1000, 2000])
    })
)
