import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import type { Guard } from "../../src/actor/Team.ts"
import { UpstreamFault } from "../../src/domain/UpstreamFault.ts"
import type { Providers } from "../../src/provider/Providers.ts"
import { test } from "../kit/effect.ts"
import {
  answering,
  type Call,
  done,
  pass,
  type Reply,
  says,
  settled,
  stop,
  streaming,
  type Upstream,
  upstream
} from "../kit/upstream.ts"
import { actorOf, actors, begin, crash, outcome, vitals, whole } from "./actors.ts"

/** Two providers of the operator's own, served by one script. */
const config = (size: object = {}) => ({
  providers: {
    fragile: { dialect: "openai", base_url: "http://fragile/v1", discover: false, ...size },
    sound: { dialect: "openai", base_url: "http://sound/v1", discover: false }
  }
})

const acted = (
  name: string,
  answer: (call: Call) => Reply,
  body: (provider: Upstream) => Effect.Effect<void, unknown, Supervisor | Providers>,
  size: object = {}
) => {
  const provider = upstream(answer)
  test(name, () => body(provider).pipe(Effect.provide(actors(provider.send, config(size)))))
}

const fifty = Array.from({ length: 50 }, (_, at) => at)

acted(
  "a crash under load ends the calls of that provider in a typed way, and it is back",
  ({ body }) =>
    body.stream
      ? streaming(says("Hel"), 1000, says("lo"), stop, done)
      : answering("Hello", undefined, { headMs: 1000 }),
  (provider) =>
    Effect.gen(function* () {
      const open = yield* Effect.forEach(fifty, () => begin("fragile"))
      const waiting = yield* Effect.forEach(fifty, () => Effect.forkChild(outcome("fragile")))
      const others = yield* Effect.forEach(fifty, (at) =>
        at % 2 === 0
          ? Effect.map(begin("sound"), ({ texts, fiber }) =>
            Effect.map(Fiber.join(fiber), () =>
              texts.join("")))
          : Effect.map(Effect.forkChild(outcome("sound")), Fiber.join))
      yield* pass(10)
      assertEquals((yield* vitals("fragile")).work.inFlight, 100)
      assertEquals(
        open.map(({ texts }) =>
          texts.join("")
        ),
        fifty.map(() => "Hel")
      )

      yield* crash("fragile")
      yield* settled
      for (const { texts, fiber } of open) {
        assertEquals(classOf(yield* Fiber.join(fiber)), "crashed")
        assertEquals(texts, ["Hel"])
      }
      for (const call of waiting) assertEquals(yield* Fiber.join(call), "crashed")
      const lost = provider.calls.filter(({ request }) => request.url.includes("fragile"))
      assertEquals([lost.length, lost.every((call) => call.hungUp())], [100, true])
      assertEquals(lost.filter(({ cancelled }) => cancelled).length, 50)
      const { lastCrash: last, ...fragile } = yield* vitals("fragile")
      assertEquals([last?.at, last?.reason.split(" ")[0]], [10, "Error"])
      assertEquals(fragile, {
        name: "provider/fragile",
        restarts: 0,
        phase: "restarting",
        mailbox: { depth: 0, capacity: 64 },
        work: { inFlight: 0, waiting: 0, concurrency: 512 }
      })

      yield* pass(99)
      assertEquals(yield* outcome("fragile"), "down")
      const refused = yield* begin("fragile")
      assertEquals(classOf(yield* Fiber.join(refused.fiber)), "down")
      yield* pass(1)
      const { phase, restarts } = yield* vitals("fragile")
      assertEquals([phase, restarts], ["running", 1])
      const again = yield* Effect.forkChild(outcome("fragile"))
      yield* pass(1000)
      assertEquals(yield* Fiber.join(again), "Hello")

      for (const text of others) assertEquals(yield* text, "Hello")
      const { restarts: none, lastCrash } = yield* vitals("sound")
      assertEquals([none, lastCrash], [0, undefined])
    })
)

acted(
  "mail that came during a crash is read after it, and a second crash waits longer",
  () => answering("Hello"),
  () =>
    Effect.gen(function* () {
      yield* crash("fragile")
      yield* settled
      yield* crash("fragile")
      yield* pass(100)
      assertEquals((yield* vitals("fragile")).phase, "restarting")
      yield* pass(199)
      assertEquals(yield* outcome("fragile"), "down")
      yield* pass(1)
      assertEquals(yield* outcome("fragile"), "Hello")
    })
)

let calls = 0
acted(
  "a bug in one call ends that call only",
  () => {
    if (++calls === 2) throw new Error("a bug, with a secret in it")
    return answering("Hello", undefined, { headMs: 10 })
  },
  () =>
    Effect.gen(function* () {
      const all = yield* Effect.forEach(
        [1, 2, 3],
        () => Effect.forkChild(Effect.result(whole("fragile")))
      )
      yield* pass(10)
      const results = yield* Effect.forEach(all, Fiber.join)
      assertEquals(results.map(({ _tag }) => _tag), ["Success", "Failure", "Success"])
      const [, failed] = results
      const fault = failed!._tag === "Failure" ? failed!.failure : undefined
      assertEquals(fault?.class, "crashed")
      assertEquals(fault?.message.includes("secret"), false)
      const { phase, restarts, lastCrash } = yield* vitals("fragile")
      assertEquals([phase, restarts, lastCrash], ["running", 0, undefined])
    })
)

acted(
  "a reader with a bug ends its own call only",
  ({ body }) => body.stream ? streaming(says("a"), stop, done) : answering("Hello"),
  () =>
    Effect.gen(function* () {
      const { fiber } = yield* begin("fragile", () => {
        throw new Error("a bug")
      })
      assertEquals(classOf(yield* Fiber.join(fiber)), "crashed")
      assertEquals(yield* outcome("fragile"), "Hello")
    })
)

acted(
  "past its places and its waiting room a provider is busy at once, and the room drains",
  () => answering("Hello", undefined, { headMs: 100 }),
  (provider) =>
    Effect.gen(function* () {
      const admitted = yield* Effect.forEach(
        [1, 2, 3, 4, 5],
        () => Effect.forkChild(outcome("fragile"))
      )
      yield* settled
      assertEquals(provider.calls.length, 2)
      assertEquals((yield* vitals("fragile")).work, { inFlight: 2, waiting: 3, concurrency: 2 })

      const fault = yield* Effect.flip(whole("fragile"))
      assertEquals(fault.class, "busy")
      assertStringIncludes(fault.message, "fragile")
      const after = fault.retryAfterMs ?? 0
      assert(after >= 500 && after < 3000)
      assertNotEquals((yield* Effect.flip(whole("fragile"))).retryAfterMs, after)
      const other = yield* Effect.forkChild(outcome("sound"))

      yield* pass(100)
      assertEquals(yield* Fiber.join(other), "Hello")
      assertEquals((yield* vitals("fragile")).work, { inFlight: 2, waiting: 1, concurrency: 2 })
      yield* pass(100)
      yield* pass(100)
      for (const call of admitted) assertEquals(yield* Fiber.join(call), "Hello")
      assertEquals((yield* vitals("fragile")).work, { inFlight: 0, waiting: 0, concurrency: 2 })
    }),
  { concurrency: 2, waiting: 3 }
)

acted(
  "who leaves the waiting room gives up the seat, and is never asked for",
  () => answering("Hello", undefined, { headMs: 100 }),
  (provider) =>
    Effect.gen(function* () {
      const [first, second] = yield* Effect.forEach(
        [1, 2],
        () => Effect.forkChild(outcome("fragile"))
      )
      yield* settled
      assertEquals(yield* outcome("fragile"), "busy")
      yield* Fiber.interrupt(second!)
      const third = yield* Effect.forkChild(outcome("fragile"))
      yield* pass(100)
      yield* pass(100)
      assertEquals(yield* Fiber.join(first!), "Hello")
      assertEquals(yield* Fiber.join(third), "Hello")
      assertEquals(provider.calls.length, 2)
    }),
  { concurrency: 1, waiting: 1 }
)

acted(
  "a guard watches from the beginning, also over who waits for a place, and lets go at the end",
  () => ({ headMs: 1e9, steps: [] }),
  (provider) =>
    Effect.gen(function* () {
      const watched: Array<{
        abandon: (error: string) => void
        begun: boolean
        over: boolean
      }> = []
      const guard: Guard<string> = (abandon) => {
        const entry = { abandon, begun: false, over: false }
        watched.push(entry)
        return {
          begun: () => {
            entry.begun = true
          },
          over: () => {
            entry.over = true
          }
        }
      }
      const all = yield* Effect.forEach(
        [1, 2, 3],
        () => Effect.forkChild(Effect.result(whole("fragile", "", guard)))
      )
      yield* settled
      assertEquals(watched.map(({ over }) => over), [false, false, true])
      assertEquals(watched.map(({ begun }) => begun), [true, false, false])
      assertEquals(classOf(yield* Fiber.join(all[2]!)), "busy")
      watched[1]!.abandon("late")
      assertEquals(yield* Fiber.join(all[1]!), Result.fail("late"))
      watched[0]!.abandon("later")
      assertEquals(yield* Fiber.join(all[0]!), Result.fail("later"))
      assertEquals(watched.map(({ over }) => over), [true, true, true])
      assertEquals(provider.calls.length, 1)
      assertEquals((yield* vitals("fragile")).work, { inFlight: 0, waiting: 0, concurrency: 1 })
    }),
  { concurrency: 1, waiting: 1 }
)

acted(
  "who waited for wait_seconds is busy, and those before go on",
  () => answering("Hello", undefined, { headMs: 3000 }),
  (provider) =>
    Effect.gen(function* () {
      const all = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(outcome("fragile")))
      yield* pass(3999)
      assertEquals(all.map((fiber) => fiber.pollUnsafe() !== undefined), [true, false, false])
      yield* pass(1)
      assertEquals(yield* Fiber.join(all[2]!), "busy")
      yield* pass(2000)
      assertEquals(yield* Fiber.join(all[1]!), "Hello")
      assertEquals(provider.calls.length, 2)
    }),
  { concurrency: 1, wait_seconds: 4 }
)

acted(
  "one caller's flood does not keep another waiting",
  () => answering("Hello", undefined, { headMs: 100 }),
  () =>
    Effect.gen(function* () {
      const flood = yield* Effect.forEach(
        fifty,
        () => Effect.forkChild(outcome("fragile", "flooding"))
      )
      yield* settled
      const other = yield* Effect.forkChild(outcome("fragile", "other"))
      yield* pass(100)
      yield* pass(100)
      yield* pass(100)
      assertEquals(yield* Fiber.join(other), "Hello")
      yield* Fiber.interruptAll(flood)
      assertEquals((yield* vitals("fragile")).work, { inFlight: 0, waiting: 0, concurrency: 1 })
    }),
  { concurrency: 1, waiting: 50 }
)

acted(
  "a crash also ends those who wait, and they are never asked for",
  () => answering("Hello", undefined, { headMs: 100 }),
  (provider) =>
    Effect.gen(function* () {
      const all = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(outcome("fragile")))
      yield* settled
      yield* crash("fragile")
      yield* pass(1)
      assertEquals(yield* Effect.forEach(all, Fiber.join), ["crashed", "down", "down"])
      yield* pass(1000)
      assertEquals(provider.calls.length, 1)
    }),
  { concurrency: 1, waiting: 9 }
)

acted(
  "drain takes no more calls, and waits until the last stream has ended",
  () => streaming(says("Hel"), 500, says("lo"), stop, done),
  () =>
    Effect.gen(function* () {
      const { texts, fiber } = yield* begin("fragile")
      yield* settled
      const drained = yield* Effect.forkChild(Supervisor.use(({ drain }) => drain))
      yield* pass(499)
      assertEquals(drained.pollUnsafe(), undefined)
      assertEquals(yield* outcome("sound"), "down")
      yield* pass(1)
      yield* Fiber.join(drained)
      yield* Fiber.join(fiber)
      assertEquals(texts, ["Hel", "lo"])
    })
)

test("a provider is asked at start what it serves", () => {
  const provider = upstream(() => answering("Hello"), ["llama", "qwen"])
  return Effect.gen(function* () {
    yield* settled
    const { discovered, health } = yield* actorOf("ollama")
    assertEquals(Array.from(discovered().keys()), ["llama", "qwen"])
    assertEquals(health(), {
      checkedAt: 0,
      checkedAtMonotonic: 0,
      ok: true,
      failures: 0
    })
    // So is one whose models the catalogue knows; not who lists none, nor who has no key.
    const seen = (id: string) =>
      Effect.map(actorOf(id), (actor) => [actor.health().checkedAt, actor.discovered().size])
    assertEquals(yield* seen("openai"), [0, 2])
    assertEquals(yield* seen("azure"), [undefined, 0])
    assertEquals(yield* seen("groq"), [undefined, 0])
    assertEquals(yield* seen("mistral"), [undefined, 0])
  }).pipe(Effect.provide(actors(
    provider.send,
    { providers: { mistral: { discover: false } } },
    {
      OPENAI_API_KEY: "sk-test",
      MISTRAL_API_KEY: "sk-test",
      AZURE_OPENAI_API_KEY: "sk-test",
      AZURE_OPENAI_ENDPOINT: "http://azure"
    }
  )))
})

/** The class of the fault that a call failed with. */
const classOf = (result: Result.Result<unknown, unknown>) =>
  result._tag === "Failure" && result.failure instanceof UpstreamFault
    ? result.failure.class
    : undefined
