import { assert, assertEquals, assertInstanceOf } from "@std/assert"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import type { Actor, ActorSize } from "../../src/actor/Actor.ts"
import { ActorBusy } from "../../src/actor/errors.ts"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { law, test } from "../kit/effect.ts"
import { pass, settled } from "../kit/upstream.ts"

const started = (size: Partial<ActorSize>) =>
  Effect.flatMap(
    Supervisor,
    (supervisor) =>
      supervisor.start<never, never>("a", () => Effect.never, {
        mailbox: 1,
        concurrency: 1,
        waiting: 9,
        ...size
      })
  )

const teamed = (
  name: string,
  size: Partial<ActorSize>,
  body: (actor: Actor<never>) => Effect.Effect<void, unknown, Scope.Scope>
) => test(name, () => Effect.flatMap(started(size), body).pipe(Effect.provide(Supervisor.layer)))

/** Has `actor` do `work` in `lane`, and does not wait for it. */
const ask = <A>(actor: Actor<never>, lane: string, work: Effect.Effect<A>) =>
  Effect.forkChild(actor.perform(work, undefined, lane), { startImmediately: true })

const times = (count: number) => Array.from({ length: count }, (_, at) => at)

teamed(
  "with a thousand pieces of one lane waiting, one of another is next but one",
  { waiting: 2000 },
  (actor) =>
    Effect.gen(function* () {
      const done: Array<string> = []
      const work = (lane: string) =>
        Effect.andThen(Effect.sleep(10), Effect.sync(() => done.push(lane)))
      yield* Effect.forEach(times(1000), () => ask(actor, "flood", work("flood")))
      yield* ask(actor, "other", work("other"))
      yield* pass(30)
      assertEquals(done, ["flood", "flood", "other"])
    })
)

teamed(
  "in a full room the newest of a flood is told at once that it lost its seat",
  { waiting: 3 },
  (actor) =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const work = Deferred.await(gate)
      const flood = yield* Effect.forEach(times(4), () => ask(actor, "flood", work))
      const other = yield* ask(actor, "other", work)
      assertInstanceOf(yield* Effect.flip(Fiber.join(flood[3]!)), ActorBusy)
      assertEquals(actor.vitals().work, { inFlight: 1, waiting: 3, concurrency: 1 })
      assertInstanceOf(yield* Effect.flip(actor.perform(work, undefined, "flood")), ActorBusy)
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.joinAll([...flood.slice(0, 3), other])
      assertEquals(actor.vitals().work, { inFlight: 0, waiting: 0, concurrency: 1 })
    })
)

teamed(
  "who waited for waitMs is refused, and nobody before",
  { waitMs: 1000 },
  (actor) =>
    Effect.gen(function* () {
      yield* ask(actor, "a", Effect.never)
      const first = yield* ask(actor, "a", Effect.void)
      yield* pass(500)
      const second = yield* ask(actor, "b", Effect.void)
      yield* pass(499)
      assertEquals(actor.vitals().work.waiting, 2)
      yield* pass(1)
      assertInstanceOf(yield* Effect.flip(Fiber.join(first)), ActorBusy)
      yield* pass(499)
      assertEquals(second.pollUnsafe(), undefined)
      yield* pass(1)
      assertInstanceOf(yield* Effect.flip(Fiber.join(second)), ActorBusy)
      assertEquals(actor.vitals().work, { inFlight: 1, waiting: 0, concurrency: 1 })
    })
)

teamed(
  "the longest wait is 5 s where the size does not say",
  {},
  (actor) =>
    Effect.gen(function* () {
      yield* ask(actor, "a", Effect.never)
      const waiting = yield* ask(actor, "a", Effect.void)
      yield* pass(4999)
      assertEquals(waiting.pollUnsafe(), undefined)
      yield* pass(1)
      assertInstanceOf(yield* Effect.flip(Fiber.join(waiting)), ActorBusy)
    })
)

teamed(
  "in a crowd nobody waits for more than a hundredth longer",
  { waiting: 500, waitMs: 1000 },
  (actor) =>
    Effect.gen(function* () {
      yield* ask(actor, "", Effect.never)
      const waited: Array<number> = []
      const now = Clock.currentTimeMillis
      for (const at of times(300)) {
        const since = yield* now
        yield* Effect.forkChild(
          Effect.flip(actor.perform(Effect.void, undefined, `lane ${at % 7}`)).pipe(
            Effect.andThen(now),
            Effect.map((time) => waited.push(time - since))
          ),
          { startImmediately: true }
        )
        yield* TestClock.adjust(1)
      }
      for (const _ of times(1200)) yield* TestClock.adjust(1)
      assertEquals(waited.length, 300)
      assert(waited.every((ms) => ms >= 1000 && ms <= 1010), String(waited))
    })
)

/** The test's clock, which counts who sleeps by it. */
const counting = Clock.clockWith((clock) =>
  Effect.sync(() => {
    const counted = { clock, sleeping: 0 }
    const sleep: typeof clock.sleep = (duration) =>
      Effect.suspend(() => {
        counted.sleeping++
        return Effect.ensuring(clock.sleep(duration), Effect.sync(() => counted.sleeping--))
      })
    counted.clock = Object.assign(Object.create(clock), { sleep })
    return counted
  })
)

test("there is one timer while anybody waits, and none when nobody does", () =>
  Effect.gen(function* () {
    const counted = yield* counting
    yield* Effect.gen(function* () {
      const actor = yield* started({ waitMs: 1000 })
      yield* settled
      assertEquals(counted.sleeping, 0)
      const gate = yield* Deferred.make<void>()
      const all = yield* Effect.forEach(times(5), () => ask(actor, "", Deferred.await(gate)))
      yield* settled
      assertEquals(counted.sleeping, 1)
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.joinAll(all)
      yield* pass(1000)
      assertEquals(counted.sleeping, 0)
      // And the next one who waits is watched again.
      yield* ask(actor, "", Effect.never)
      const late = yield* ask(actor, "", Effect.void)
      yield* pass(1000)
      assertInstanceOf(yield* Effect.flip(Fiber.join(late)), ActorBusy)
      yield* pass(1000)
      assertEquals(counted.sleeping, 0)
    }).pipe(
      Effect.scoped,
      Effect.provide(Supervisor.layer),
      Effect.provideService(Clock.Clock, counted.clock)
    )
  }))

const Piece = Schema.Struct({
  lane: Schema.Literals(["a", "a", "a", "b", "c"]),
  /** Asked for so many milliseconds after the one before. */
  after: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 })),
  takes: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 })),
  /** Whether it fails, has a bug, or its asker leaves after a while. */
  ends: Schema.Literals(["well", "well", "fails", "bug", "left"])
})

law(
  "whatever is asked for, each piece runs once or is refused, within bounds, and the room empties",
  Schema.Struct({
    concurrency: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3 })),
    waiting: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5 })),
    pieces: Schema.Array(Piece).check(Schema.isMinLength(5), Schema.isMaxLength(30))
  }),
  ({ concurrency, waiting, pieces }) =>
    Effect.gen(function* () {
      const actor = yield* started({ concurrency, waiting, waitMs: 50 })
      const runs = pieces.map(() => 0)
      let atWork = 0
      const guarded = pieces.map(() => 0)
      const fibers: Array<Fiber.Fiber<unknown, unknown>> = []
      for (const [at, { lane, after, takes, ends }] of pieces.entries()) {
        yield* pass(after)
        const work = Effect.gen(function* () {
          runs[at]!++
          assert(++atWork <= concurrency)
          yield* Effect.ensuring(Effect.sleep(takes), Effect.sync(() => atWork--))
          if (ends === "fails") return yield* Effect.fail("no")
          if (ends === "bug") return yield* Effect.die("bug")
        })
        const guard = () => {
          guarded[at]!++
          return { begun: () => {}, over: () => void guarded[at]!-- }
        }
        fibers.push(
          yield* Effect.forkChild(actor.perform(work, guard, lane), { startImmediately: true })
        )
        if (ends === "left" && at > 0) yield* Effect.forkChild(Fiber.interrupt(fibers[at - 1]!))
        const { inFlight, waiting: seated } = actor.vitals().work
        assert(inFlight <= concurrency && seated <= waiting)
        // No place stays free while somebody waits.
        assert(seated === 0 || inFlight === concurrency)
      }
      yield* pass(60)
      yield* pass(60)
      for (const [at, fiber] of fibers.entries()) {
        const exit = fiber.pollUnsafe()
        if (exit === undefined) throw new Error(`piece ${at} has no end`)
        const isRefused = Exit.isFailure(exit) && String(exit.cause).includes("ActorBusy")
        assert(isRefused ? runs[at] === 0 : runs[at]! <= 1)
        if (Exit.isSuccess(exit)) assertEquals(runs[at], 1)
      }
      assertEquals(actor.vitals().work, { inFlight: 0, waiting: 0, concurrency })
      assertEquals([atWork, ...guarded], [0, ...pieces.map(() => 0)])
      return true
    }).pipe(Effect.scoped, Effect.provide(Supervisor.layer))
)
