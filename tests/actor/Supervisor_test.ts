import { assert, assertEquals, assertInstanceOf, assertMatch } from "@std/assert"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { eachMessage } from "../../src/actor/Actor.ts"
import { ActorBusy, ActorCrashed, ActorDown, MailboxFull } from "../../src/actor/errors.ts"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { test } from "../kit/effect.ts"

const size = { mailbox: 2, concurrency: 2, waiting: 1 }

/** Crashes when told `"poison"`. */
const fragile = eachMessage((message: string) =>
  message === "poison" ? Effect.die(new Error("poisoned")) : Effect.void
)

const supervised = (
  name: string,
  body: (supervisor: Supervisor["Service"]) => ReturnType<Parameters<typeof test>[1]>
) => test(name, () => Supervisor.use(body).pipe(Effect.provide(Supervisor.layer)))

supervised("perform() gives back what the work gives", (supervisor) =>
  Effect.gen(function* () {
    const actor = yield* supervisor.start("a", fragile, size)
    assertEquals(yield* actor.perform(Effect.succeed(7)), 7)
    assertEquals(yield* Effect.flip(actor.perform(Effect.fail("no"))), "no")
    assertEquals(actor.vitals().work, { inFlight: 0, waiting: 0, concurrency: 2 })
  }))

supervised(
  "perform() refuses at once what has neither a place nor a seat",
  (supervisor) =>
    Effect.gen(function* () {
      const actor = yield* supervisor.start("a", fragile, size)
      const gate = yield* Deferred.make<void>()
      const work = yield* Effect.forEach(
        [1, 2, 3],
        () => Effect.forkChild(actor.perform(Deferred.await(gate)), { startImmediately: true })
      )
      assertEquals(actor.vitals().work, { inFlight: 2, waiting: 1, concurrency: 2 })
      assertInstanceOf(yield* Effect.flip(actor.perform(Effect.void)), ActorBusy)

      yield* Deferred.succeed(gate, undefined)
      yield* Effect.forEach(work, Fiber.join)
      assertEquals(actor.vitals().work, { inFlight: 0, waiting: 0, concurrency: 2 })
    })
)

supervised(
  "a seat in the waiting room is free again when the asker leaves it",
  (supervisor) =>
    Effect.gen(function* () {
      const actor = yield* supervisor.start("a", fragile, size)
      const asking = yield* Effect.forEach(
        [1, 2, 3],
        () => Effect.forkChild(actor.perform(Effect.never), { startImmediately: true })
      )
      yield* Effect.forEach(asking, Fiber.interrupt)
      assertEquals(yield* actor.perform(Effect.succeed("free")), "free")
    })
)

supervised(
  "tell() fails at once when the mailbox is full",
  (supervisor) =>
    Effect.gen(function* () {
      const actor = yield* supervisor.start("deaf", () => Effect.never, size)
      yield* actor.tell("one")
      yield* actor.tell("two")
      assertInstanceOf(yield* Effect.flip(actor.tell("three")), MailboxFull)
      assertEquals(actor.vitals().mailbox, { depth: 2, capacity: 2 })
    })
)

supervised(
  "a crash ends the actor's work in a typed way, and nobody else's",
  (supervisor) =>
    Effect.gen(function* () {
      const crashing = yield* supervisor.start("crashing", fragile, size)
      const sound = yield* supervisor.start("sound", fragile, size)
      const cleaned = yield* Deferred.make<void>()
      const lost = yield* Effect.forkChild(
        crashing.perform(Effect.ensuring(Effect.never, Deferred.succeed(cleaned, undefined))),
        { startImmediately: true }
      )
      const kept = yield* Effect.forkChild(
        sound.perform(Effect.as(Effect.sleep("1 second"), "kept")),
        {
          startImmediately: true
        }
      )

      yield* crashing.tell("poison")
      assertInstanceOf(yield* Effect.flip(Fiber.join(lost)), ActorCrashed)
      yield* Deferred.await(cleaned)
      assertEquals(crashing.vitals().phase, "restarting")
      assertInstanceOf(yield* Effect.flip(crashing.perform(Effect.void)), ActorDown)

      yield* TestClock.adjust("100 millis")
      assertEquals(yield* crashing.perform(Effect.succeed("back")), "back")
      yield* TestClock.adjust("1 second")
      assertEquals(yield* Fiber.join(kept), "kept")

      const [first, second] = supervisor.children()
      assertEquals([first?.restarts, second?.restarts], [1, 0])
      assertEquals(first?.lastCrash?.at, 0)
      // Its message may quote a prompt.
      assertMatch(first?.lastCrash?.reason ?? "", /^Error at .*Supervisor_test/)
      assert(!first?.lastCrash?.reason.includes("poisoned"))
    })
)

supervised(
  "a bug in one piece of work ends that piece only",
  (supervisor) =>
    Effect.gen(function* () {
      const actor = yield* supervisor.start("a", fragile, size)
      const other = yield* Effect.forkChild(actor.perform(Effect.as(Effect.sleep(5), "fine")), {
        startImmediately: true
      })
      const error = yield* Effect.flip(actor.perform(Effect.die("bug")))
      assertEquals(error._tag === "ActorCrashed" && error.defect, "bug")
      yield* TestClock.adjust(5)
      assertEquals(yield* Fiber.join(other), "fine")
      assertEquals(actor.vitals().phase, "running")
    })
)

supervised(
  "mail that came during a crash is read after it",
  (supervisor) =>
    Effect.gen(function* () {
      const read: Array<string> = []
      const reader = eachMessage((message: string) =>
        message === "poison" ? Effect.die("x") : Effect.sync(() => read.push(message))
      )
      const actor = yield* supervisor.start("a", reader, size)
      yield* actor.tell("poison")
      yield* Effect.yieldNow
      yield* actor.tell("late")
      yield* TestClock.adjust("99 millis")
      assertEquals(read, [])
      yield* TestClock.adjust("1 millis")
      assertEquals(read, ["late"])
    })
)

supervised(
  "an actor that crashes too often is given up, after waits that double",
  (supervisor) =>
    Effect.gen(function* () {
      const policy = { firstDelayMs: 100, longestDelayMs: 300, crashes: 3, windowMs: 60_000 }
      const actor = yield* supervisor.start("a", fragile, size, policy)
      for (const delay of [100, 200, 300]) {
        yield* actor.tell("poison")
        yield* TestClock.adjust(delay - 1)
        assertEquals(actor.vitals().phase, "restarting")
        yield* TestClock.adjust(1)
        assertEquals(actor.vitals().phase, "running")
      }
      yield* actor.tell("poison")
      yield* TestClock.adjust("10 minutes")
      assertEquals(actor.vitals().phase, "stopped")
      const error = yield* Effect.flip(actor.perform(Effect.void))
      assertEquals(error._tag === "ActorDown" && error.phase, "stopped")
    })
)

supervised(
  "drain takes no more work and waits for what is under way",
  (supervisor) =>
    Effect.gen(function* () {
      const actor = yield* supervisor.start("a", fragile, size)
      const work = yield* Effect.forkChild(
        actor.perform(Effect.as(Effect.sleep("5 seconds"), "done")),
        {
          startImmediately: true
        }
      )
      const drained = yield* Effect.forkChild(supervisor.drain, { startImmediately: true })
      assertInstanceOf(yield* Effect.flip(actor.perform(Effect.void)), ActorDown)
      assertEquals(drained.pollUnsafe(), undefined)
      yield* TestClock.adjust("5 seconds")
      assertEquals(yield* Fiber.join(work), "done")
      yield* Fiber.join(drained)
    })
)
