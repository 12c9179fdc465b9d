/**
 * O2 and O4: what circuits do while providers are down, and when they may be well again.
 *
 * @module
 */
import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import type { DialectName } from "../../src/domain/Message.ts"
import { answer, fail } from "../kit/FakeProvider.ts"
import { liveTest } from "../kit/effect.ts"
import { check } from "./client.ts"
import { dialects, type House, modelAt, open, spareFor } from "./house.ts"
import { good, type Refusal, type Seconds } from "./Row.ts"
import { held } from "./scripts.ts"

/** Nobody is asked: their circuits are open. */
const opened = (retryAfter: Seconds): Refusal => ({
  kind: "refusal",
  status: 503,
  code: "MODEL_UNAVAILABLE",
  reason: "circuit_open",
  fault: undefined,
  retryAfter,
  isFinal: false
})

/** Three failures in a row open a circuit, for 4 to 6 s. */
const threshold = 3

/** Has the circuit of a dialect's model open. Two asks: the first fails twice, and the other once. */
const breakDown = async ({ ask, fakes }: House, dialect: DialectName, model: string) => {
  fakes[dialect].respond(fail("server"))
  const before = fakes[dialect].calls.length
  await ask(model, false)
  await ask(model, false)
  assertEquals(fakes[dialect].calls.length - before, threshold, "The circuit opened too late")
}

liveTest(
  "O4: with every circuit open nobody is asked, and the soonest time to come back is told",
  () =>
    Effect.gen(function* () {
      const house = yield* open({ spare: {} })
      house.clock.stop()
      yield* Effect.promise(() =>
        Promise.all(dialects.map(async (dialect) => {
          const model = modelAt("fake", dialect)
          await breakDown(house, dialect, model)
        }))
      )
      // Those that stand in break down 3 s later.
      house.clock.move(3000)
      house.spare.respond(fail("server"))
      for (const dialect of dialects) {
        const spare = spareFor(dialect)
        for (let nth = 1; nth <= 2; nth++) yield* Effect.promise(() => house.ask(spare, false))
      }
      const asked = () =>
        [house.spare, ...Object.values(house.fakes)].map(({ calls }) => calls.length)
      const before = asked()
      for (const dialect of dialects) {
        const model = modelAt("fake", dialect)
        for (const streamed of [false, true]) {
          const reply = yield* Effect.promise(() => house.ask(model, streamed))
          check(reply, { seen: opened([1, 3]), streamed, model, attempts: 0 })
        }
      }
      assertEquals(asked(), before)
      // It is as was told: then the first may be tried again, though the other may not.
      house.clock.move(3000)
      for (const dialect of dialects) {
        const model = modelAt("fake", dialect)
        house.fakes[dialect].respond(answer())
        const reply = yield* Effect.promise(() => house.ask(model, true))
        check(reply, { seen: good(), streamed: true, model, attempts: 1 })
      }
      assertEquals(asked()[0], before[0])
    })
)

for (const streamed of [false, true]) {
  liveTest(
    `O2: of a herd at a circuit that is half open exactly one is the probe, ${
      streamed ? "streamed" : "whole"
    }`,
    () =>
      Effect.gen(function* () {
        const house = yield* open()
        house.clock.stop()
        yield* Effect.promise(() =>
          Promise.all(dialects.map(async (dialect) => {
            const model = modelAt("fake", dialect)
            await breakDown(house, dialect, model)
            check(await house.ask(model, streamed), {
              seen: opened([4, 6]),
              streamed,
              model,
              attempts: 0
            })
          }))
        )
        house.clock.move(6000)
        yield* Effect.promise(() =>
          Promise.all(dialects.map(async (dialect) => {
            const model = modelAt("fake", dialect)
            const fake = house.fakes[dialect]
            const before = fake.calls.length
            // It takes two good probes, one after the other, to close it.
            for (let probe = 1; probe <= 2; probe++) {
              const { script, letGo } = held()
              fake.respond(script)
              let refused = 0
              const herd = Array.from({ length: 20 }, () =>
                house.ask(model, streamed).then((reply) => {
                  // The probe goes on when all others were told that there is one.
                  if (reply.status !== 200 && ++refused === 19) letGo()
                  return reply
                }))
              const replies = await Promise.all(herd)
              assertEquals(fake.calls.length - before, probe, "More than one probe")
              const [answered, ...others] = replies.toSorted((one, other) =>
                one.status - other.status
              )
              check(answered!, { seen: good(), streamed, model, attempts: 1 })
              for (const other of others) {
                check(other, { seen: opened(1), streamed, model, attempts: 0 })
              }
            }
            const all = await Promise.all(
              Array.from({ length: 20 }, () => house.ask(model, streamed))
            )
            for (const one of all) check(one, { seen: good(), streamed, model, attempts: 1 })
          }))
        )
      }).pipe(Effect.timeout("10 seconds"))
  )
}

liveTest(
  "O2: of a herd at a circuit that is half open the others are answered by the fallback",
  () =>
    Effect.gen(function* () {
      const house = yield* open({ spare: {} })
      house.clock.stop()
      for (const dialect of dialects) {
        const model = modelAt("fake", dialect)
        const fake = house.fakes[dialect]
        yield* Effect.promise(() => breakDown(house, dialect, model))
        house.clock.move(6000)
        const before = fake.calls.length
        const { script, letGo } = held()
        fake.respond(script)
        let others = 0
        const replies = yield* Effect.promise(() =>
          Promise.all(Array.from({ length: 20 }, () =>
            house.ask(model, false).then((reply) => {
              if (JSON.parse(reply.text).model !== model && ++others === 19) letGo()
              return reply
            })))
        )
        assertEquals(fake.calls.length - before, 1)
        const served = replies.map(({ text }) => JSON.parse(text).model)
        assertEquals(served.filter((name) => name === model).length, 1)
        assertEquals(served.filter((name) => name === spareFor(dialect)).length, 19)
      }
    }).pipe(Effect.timeout("10 seconds"))
)

liveTest(
  "O2: a probe that fails opens the circuit again, for longer",
  () =>
    Effect.gen(function* () {
      const house = yield* open()
      house.clock.stop()
      for (const dialect of dialects) {
        const model = modelAt("fake", dialect)
        const fake = house.fakes[dialect]
        yield* Effect.promise(() => breakDown(house, dialect, model))
        house.clock.move(6000)
        yield* Effect.promise(() => house.ask(model, false))
        assertEquals(fake.calls.length, threshold + 1, "A probe that fails is not repeated")
        const reply = yield* Effect.promise(() => house.ask(model, false))
        check(reply, { seen: opened([8, 12]), streamed: false, model, attempts: 0 })
      }
    })
)

liveTest(
  "O2: a probe whose client leaves makes room for another",
  () =>
    Effect.gen(function* () {
      const house = yield* open()
      house.clock.stop()
      const dialect = "anthropic"
      const model = modelAt("fake", dialect)
      const fake = house.fakes[dialect]
      yield* Effect.promise(() => breakDown(house, dialect, model))
      house.clock.move(6000)
      fake.respond(held().script)
      yield* Effect.raceFirst(
        Effect.promise((signal) => house.ask(model, true, {}, signal).catch(() => {})),
        fake.received(threshold + 1)
      )
      yield* fake.abandoned(threshold + 1)
      fake.respond(answer())
      const reply = yield* Effect.promise(() => house.ask(model, true))
      check(reply, { seen: good(), streamed: true, model, attempts: 1 })
    })
)
