import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import { unchecked } from "../../src/provider/ProviderHealth.ts"
import { test } from "../kit/effect.ts"
import { pass, settled } from "../kit/upstream.ts"
import { childNamed, crash, outcome, vitals } from "./actors.ts"
import { health, listing, own, refused, round, scheduled, ward, wellAt } from "./ward.ts"

scheduled(
  "nobody is checked in the first second, everybody soon after, and nobody without a key",
  () => ward({ own: own(), off: own({ enabled: false }), quiet: own({ health_check: "none" }) }),
  ({ asked }) =>
    Effect.gen(function* () {
      assertEquals(yield* health(), unchecked)
      yield* pass(999)
      assertEquals(asked, [])
      for (let ms = 0; ms < 2001; ms += 100) yield* pass(100)
      assertEquals(asked.map(({ url }) => url), ["http://own/v1/models"])
      assertEquals(yield* health(), wellAt(asked[0]!.at))
      yield* round
      assertEquals(asked.length, 2)
    })
)

for (const seconds of [5, 30, 300]) {
  test(`checks are ${seconds} s apart, a tenth more or less, by chance`, () => {
    const one = ward({ own: own() })
    const intervalMs = one.intervalMs = seconds * 1000
    return Effect.gen(function* () {
      for (let step = 0; step < 200; step++) yield* pass(intervalMs / 10)
      const gaps = one.asked.slice(1).map(({ at }, index) => at - one.asked[index]!.at)
      assert(gaps.length >= 17)
      const [least, most] = [Math.min(...gaps) / intervalMs, Math.max(...gaps) / intervalMs]
      assert(least >= 0.899 && least < 0.97, String(gaps))
      assert(most <= 1.101 && most > 1.03, String(gaps))
    }).pipe(Effect.provide(one.layer), Random.withSeed(seconds))
  })
}

scheduled(
  "a shorter interval holds soon, also where the one before was long",
  () => ward({ own: own() }),
  (ward) =>
    Effect.gen(function* () {
      ward.intervalMs = 3_600_000
      yield* round
      yield* round
      assertEquals(ward.asked.length, 1)
      ward.intervalMs = 5000
      yield* round
      assert(ward.asked.length >= 5, String(ward.asked.length))
    })
)

scheduled(
  "who answers real requests is not checked, and is well; who stops is checked again",
  () => ward({ own: own() }),
  ({ asked }) =>
    Effect.gen(function* () {
      for (let second = 0; second < 200; second++) {
        yield* outcome("own")
        yield* pass(1000)
      }
      assertEquals(asked, [])
      assertEquals(yield* health(), wellAt(199_000))
      yield* round
      yield* round
      assert(asked.length >= 1)
    })
)

scheduled(
  "failures are counted until a check goes well",
  () => ward({ own: own() }),
  (ward) =>
    Effect.gen(function* () {
      ward.list = () => refused
      yield* pass(3000)
      const first = yield* health()
      assertEquals([first.ok, first.failures], [false, 1])
      assertEquals(first.reason, "The provider cannot be reached")
      yield* round
      yield* round
      assert((yield* health()).failures >= 2)
      ward.list = () => listing()
      yield* round
      assertEquals(yield* health(), wellAt(ward.asked.at(-1)!.at))
    })
)

scheduled(
  "an answer to a real request makes a provider well, and its failures are forgotten",
  () => ward({ own: own() }),
  (ward) =>
    Effect.gen(function* () {
      ward.list = () => refused
      yield* pass(3000)
      yield* round
      assert((yield* health()).failures >= 1)
      yield* outcome("own")
      assertEquals(yield* health(), wellAt(36_000))
      yield* round
      yield* round
      const { ok, failures } = yield* health()
      assertEquals([ok, failures <= 2], [false, true])
    })
)

for (
  const [what, response, ok, reason] of [
    ["a server's error", () => new Response("{}", { status: 500 }), false, ""],
    ["a refused key", () => new Response("{}", { status: 401 }), false, ""],
    ["a page", () => new Response("<html>Hi</html>"), false, "list of models"],
    ["an error called a success", () => Response.json({ error: {} }), false, "list of models"],
    ["no such list", () => new Response("{}", { status: 404 }), undefined, ""],
    ["a rate limit", () => new Response("{}", { status: 429 }), undefined, ""]
  ] as const
) {
  scheduled(
    `${what} ${ok === undefined ? "says nothing of" : "fails"} the provider`,
    () => ward({ own: own() }),
    (ward) =>
      Effect.gen(function* () {
        ward.list = () => Effect.sync(response)
        yield* pass(3000)
        const found = yield* health()
        assertEquals([found.ok, found.failures], [ok, ok === false ? 1 : 0])
        assertStringIncludes(found.reason ?? "", reason)
      })
  )
}

scheduled(
  "what a provider says of a failed check is told without our key",
  () => ward({ own: own({ api_key: "correct-horse-battery" }) }),
  (ward) =>
    Effect.gen(function* () {
      const message = "wrong: correct-horse-battery"
      ward.list = () => Effect.sync(() => Response.json({ error: { message } }, { status: 401 }))
      yield* pass(3000)
      const { reason = "" } = yield* health()
      assertStringIncludes(reason, "wrong")
      assert(!reason.includes("horse"), reason)
    })
)

scheduled(
  "a check that hangs fails after 5 s and is hung up on, and none begins meanwhile",
  () => ward({ own: own() }),
  (ward) =>
    Effect.gen(function* () {
      ward.intervalMs = 1000
      const signals: Array<AbortSignal> = []
      ward.list = (_, signal) => {
        signals.push(signal)
        return Effect.never
      }
      for (let ms = 0; ms < 6000; ms += 100) yield* pass(100)
      assertEquals([signals.length, ward.asked.length], [1, 1])
      for (let ms = 0; ms < 3000; ms += 100) yield* pass(100)
      assertEquals(signals[0]!.aborted, true)
      assertEquals(signals.length, 2)
      const { ok, failures, reason } = yield* health()
      assertEquals([ok, failures], [false, 1])
      assertEquals(reason, "The provider did not answer within 5 seconds")
    })
)

scheduled(
  "a failed check says nothing of who answered a real request meanwhile",
  () => ward({ own: own() }),
  (ward) =>
    Effect.gen(function* () {
      ward.list = () => Effect.never
      yield* pass(3000)
      assertEquals(ward.asked.length, 1)
      yield* outcome("own")
      yield* pass(5000)
      assertEquals((yield* health()).ok, true)
    })
)

scheduled(
  "a check waits for no call, and no mail waits for a check",
  () => ward({ own: own({ concurrency: 1, waiting: 1 }) }, {}, 20_000),
  (ward) =>
    Effect.gen(function* () {
      const calls = [
        yield* Effect.forkChild(outcome("own")),
        yield* Effect.forkChild(outcome("own"))
      ]
      ward.list = () => Effect.never
      yield* pass(3000)
      assertEquals(ward.asked.length, 1)
      assertEquals((yield* vitals("own")).work, { inFlight: 1, waiting: 1, concurrency: 1 })
      yield* crash("own")
      yield* settled
      assertEquals(yield* Effect.forEach(calls, Fiber.join), ["crashed", "down"])
      // The check was lost with it, and is made again.
      ward.list = () => listing()
      yield* round
      assertEquals((yield* health()).ok, true)
    })
)

scheduled(
  "the scheduler is an actor: it crashes alone, is seen, and comes back",
  () => ward({ own: own() }),
  (ward) =>
    Effect.gen(function* () {
      yield* pass(3000)
      assertEquals(ward.asked.length, 1)
      ward.crashes = true
      while (ward.crashes) yield* pass(50)
      const down = yield* childNamed("health")
      assertEquals([down.phase, down.lastCrash?.reason.split(" ")[0]], ["restarting", "Error"])
      assertEquals((yield* vitals("own")).phase, "running")
      yield* pass(100)
      const { phase, restarts } = yield* childNamed("health")
      assertEquals([phase, restarts], ["running", 1])
      yield* round
      assert(ward.asked.length >= 2)
    })
)
