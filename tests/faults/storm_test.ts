/**
 * O3: a provider that is down is not asked much more often than without retries.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { fail } from "../kit/FakeProvider.ts"
import { liveTest } from "../kit/effect.ts"
import { dialects, modelAt, open } from "./house.ts"
import { after } from "./scripts.ts"

const pause = (milliseconds: number) => new Promise<void>((next) => setTimeout(next, milliseconds))

/** Retries that are allowed at any rate: 3 a second, in 10 seconds. */
const floor = 30

liveTest(
  "O3: with circuits that hardly open, retries are a fifth of the calls, or 3 a second",
  () =>
    Effect.gen(function* () {
      const house = yield* open({
        config: { load_balancing: { failure_threshold: 1_000_000 } }
      })
      // All of it in the same 10 seconds.
      house.clock.stop()
      const requests = 250
      yield* Effect.promise(() =>
        Promise.all(dialects.map(async (dialect) => {
          const model = modelAt("fake", dialect)
          const fake = house.fakes[dialect]
          fake.respond(fail("server"))
          for (let round = 0; round < 10; round++) {
            await Promise.all(
              Array.from({ length: requests / 10 }, (_, at) => house.ask(model, at % 2 === 0))
            )
          }
          const retries = fake.calls.length - requests
          assert(retries <= Math.max(floor, requests / 5), `${dialect}: ${retries} retries`)
          assert(retries >= floor, `${dialect}: only ${retries} retries`)
        }))
      )
    })
)

liveTest(
  "O3: by default the circuit opens first, and the storm does not begin",
  () =>
    Effect.gen(function* () {
      const house = yield* open()
      house.clock.stop()
      yield* Effect.promise(() =>
        Promise.all(dialects.map(async (dialect) => {
          const model = modelAt("fake", dialect)
          const fake = house.fakes[dialect]
          fake.respond(fail("server"))
          for (let nth = 0; nth < 50; nth++) await house.ask(model, nth % 2 === 0)
          assertEquals(fake.calls.length, 3)
        }))
      )
    })
)

liveTest(
  "O3: pauses that a provider asks for are waited out by no more than may be retried",
  () =>
    Effect.gen(function* () {
      const house = yield* open()
      const [dialect] = dialects
      const model = modelAt("fake", dialect!)
      const fake = house.fakes[dialect!]
      const requests = 100
      const all = Promise.withResolvers<void>()
      const limited = fail("rate_limited", { headers: { "retry-after-ms": "50" } })
      fake.respond(({ number }) => {
        if (number === requests) all.resolve()
        // Else the first that are told of a pause again would keep the others from asking.
        return after(() => number <= requests ? all.promise : pause(600), limited)
      })
      yield* Effect.promise(() =>
        Promise.all(Array.from({ length: requests }, () => house.ask(model, false)))
      )
      const retries = fake.calls.length - requests
      assert(0 < retries && retries <= floor, `${retries} retries`)
    })
)
