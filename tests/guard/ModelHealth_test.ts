import { assertAlmostEquals, assertEquals } from "@std/assert"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { ModelHealth } from "../../src/guard/ModelHealth.ts"
import { law, test } from "../kit/effect.ts"

const watched = (
  name: string,
  body: (health: ModelHealth["Service"]) => Effect.Effect<void>
) => test(name, () => ModelHealth.use(body).pipe(Effect.provide(ModelHealth.layer)))

const minute = 60_000

watched("a model that nobody asked is unknown", (health) =>
  Effect.gen(function* () {
    assertEquals(yield* health.record("m"), {
      health: "unknown",
      responseTimeMs: undefined,
      lastCheck: undefined,
      lastAt: undefined,
      errorRate: 0
    })
  }))

watched(
  "the mean is of answers, the rate of all, and the time of the last",
  (health) =>
    Effect.gen(function* () {
      yield* health.note("m", true, 100)
      yield* TestClock.adjust(500)
      yield* health.note("m", false, 9999)
      yield* health.note("m", true, 201)
      yield* health.note("other", false, 1)
      assertEquals(yield* health.record("m"), {
        health: "degraded",
        responseTimeMs: 151,
        lastCheck: 500,
        lastAt: 500,
        errorRate: 1 / 3
      })
      assertEquals((yield* health.record("other")).responseTimeMs, undefined)
    })
)

/** How a model is of whose 20 requests so many failed. */
const judged = (failed: number) =>
  Effect.gen(function* () {
    const health = yield* ModelHealth
    for (let call = 0; call < 20; call++) yield* health.note("m", call >= failed, 1)
    return (yield* health.record("m")).health
  }).pipe(Effect.provide(ModelHealth.layer))

test("a tenth of failures is degraded, a half is unhealthy", () =>
  Effect.gen(function* () {
    for (
      const [failed, health] of [
        [0, "healthy"],
        [1, "healthy"],
        [2, "degraded"],
        [9, "degraded"],
        [10, "unhealthy"],
        [20, "unhealthy"]
      ] as const
    ) assertEquals(yield* judged(failed), health, `${failed} of 20`)
  }))

watched("a few failures are a sign, and no judgement", (health) =>
  Effect.gen(function* () {
    for (let call = 0; call < 4; call++) {
      yield* health.note("m", false, 1)
      assertEquals((yield* health.record("m")).health, "degraded")
    }
    yield* health.note("m", false, 1)
    assertEquals((yield* health.record("m")).health, "unhealthy")
  }))

watched(
  "what is older than a quarter of an hour is forgotten, minute by minute",
  (health) =>
    Effect.gen(function* () {
      yield* health.note("m", false, 1)
      yield* TestClock.adjust(minute)
      yield* health.note("m", true, 1)
      yield* TestClock.adjust(14 * minute - 1)
      assertEquals((yield* health.record("m")).errorRate, 0.5)
      yield* TestClock.adjust(1)
      assertEquals((yield* health.record("m")).errorRate, 0)
      yield* TestClock.adjust(minute)
      assertEquals((yield* health.record("m")).health, "unknown")
    })
)

watched("what is noted after a long pause stands alone", (health) =>
  Effect.gen(function* () {
    for (let call = 0; call < 9; call++) yield* health.note("m", false, 1)
    yield* TestClock.adjust(99 * minute)
    yield* health.note("m", true, 7)
    const { errorRate, responseTimeMs, lastCheck } = yield* health.record("m")
    assertEquals([errorRate, responseTimeMs, lastCheck], [0, 7, 99 * minute])
  }))

watched("noteUnsafe() is note(), done at once", (health) =>
  Effect.gen(function* () {
    yield* TestClock.adjust(5)
    health.noteUnsafe("m", true, 10)
    health.noteUnsafe("m", false, 10)
    assertEquals(yield* health.record("m"), {
      health: "degraded",
      responseTimeMs: 10,
      lastCheck: 5,
      lastAt: 5,
      errorRate: 0.5
    })
  }))

test("a clock that is set makes nobody forget, and the time told is the clock's", () =>
  Effect.gen(function* () {
    const clock = yield* Clock.clockWith(Effect.succeed)
    let ahead = 0
    const set: typeof clock = Object.assign(Object.create(clock), {
      currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + ahead
    })
    yield* Effect.gen(function* () {
      const health = yield* ModelHealth
      health.noteUnsafe("m", false, 1)
      ahead = 99 * minute
      health.noteUnsafe("m", true, 1)
      const { errorRate, lastCheck, lastAt } = yield* health.record("m")
      assertEquals([errorRate, lastCheck, lastAt], [0.5, 99 * minute, 0])
    }).pipe(Effect.provide(ModelHealth.layer), Effect.provideService(Clock.Clock, set))
  }))

const Note = Schema.Struct({
  after: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 * minute })),
  answered: Schema.Boolean,
  took: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 }))
})

law(
  "a record is what the last 15 minutes of the clock add up to",
  Schema.Array(Note),
  (notes) =>
    Effect.gen(function* () {
      const health = yield* ModelHealth
      const clock = yield* TestClock.testClockWith(Effect.succeed)
      const all: Array<typeof Note.Type & { readonly at: number }> = []
      for (const note of notes) {
        yield* clock.adjust(note.after)
        const at = clock.currentTimeMillisUnsafe()
        yield* health.note("m", note.answered, note.took)
        all.push({ ...note, at })
        const since = (Math.floor(at / minute) - 14) * minute
        const recent = all.filter((one) => one.at >= since)
        const good = recent.filter(({ answered }) => answered)
        const record = yield* health.record("m")
        assertAlmostEquals(record.errorRate, 1 - good.length / recent.length, 1e-9)
        const total = good.reduce((sum, { took }) => sum + took, 0)
        assertEquals(
          record.responseTimeMs,
          good.length === 0 ? undefined : Math.round(total / good.length)
        )
        assertEquals(record.lastCheck, at)
      }
      return true
    }).pipe(Effect.provide(ModelHealth.layer))
)
