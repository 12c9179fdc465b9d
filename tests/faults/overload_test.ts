/**
 * O1 and O5: more requests than can be served.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { SignJWT } from "jose"
import { liveTest } from "../kit/effect.ts"
import type { Reply } from "./client.ts"
import { type House, modelAt, open } from "./house.ts"
import { held, slow } from "./scripts.ts"

const model = modelAt("fake", "openai")

/** A provider that serves so many at once, while so many wait. */
const narrow = (concurrency: number, waiting: number) => ({
  config: {
    providers: {
      openai: { concurrency, waiting, wait_seconds: 5, health_check: "none", discover: false }
    }
  }
})

const many = (count: number, house: House, headers?: Record<string, string>) =>
  Array.from({ length: count }, () => house.ask(model, false, headers))

const secret = "a-secret-of-more-than-32-bytes-for-tests"
const tokens = { PENSTOCK_JWT_SECRET: secret }

/** Another caller than the one that asks by default. */
const somebodyElse = Effect.promise(async () => ({
  "x-api-key": await new SignJWT({ scope: "inference" }).setProtectedHeader({ alg: "HS256" })
    .setSubject("somebody else").setExpirationTime("1h").sign(new TextEncoder().encode(secret))
}))

/** Checks that `reply` is a refusal for want of room, and gives the pause that it asks for. */
const checkFull = (reply: Reply, reason: string): number => {
  const { error } = JSON.parse(reply.text)
  assertEquals([reply.status, error.code, error.details.reason], [503, "MODEL_UNAVAILABLE", reason])
  const ms = Number(reply.headers.get("retry-after-ms"))
  assert(500 <= ms && ms <= 3000, `retry-after-ms is ${ms}`)
  return ms
}

liveTest(
  "O1: what has neither a place nor a seat is refused at once, with a pause that is not everybody's",
  () =>
    Effect.gen(function* () {
      const house = yield* open(narrow(2, 4))
      const { script, letGo } = held()
      house.fakes.openai.respond(script)
      const replies = many(40, house)
      let refused = 0
      let health = Promise.resolve(0)
      for (const reply of replies) {
        reply.then(({ status }) => {
          // The others wait until all of these were told: at once, since nothing else moves.
          if (status !== 503 || ++refused !== 34) return
          const before = performance.now()
          health = house.read("/health").then(() => performance.now() - before).finally(letGo)
        })
      }
      const all = yield* Effect.promise(() => Promise.all(replies))
      const pauses = all.filter(({ status }) => status === 503).map((reply) =>
        checkFull(reply, "provider_error")
      )
      assertEquals([pauses.length, house.fakes.openai.calls.length], [34, 6])
      assert(new Set(pauses).size > 10, "All are told the same pause")
      const seconds = pauses.map((ms) => Math.ceil(ms / 1000))
      assert(new Set(seconds).size > 1, "All are told the same second")
      const took = yield* Effect.promise(() => health)
      assert(took < 500, `/health took ${took} ms`)
    }).pipe(Effect.timeout("10 seconds"))
)

liveTest(
  "O1, O5: past the requests that the process may have at once, of which one caller has half, they are refused at the door",
  () =>
    Effect.gen(function* () {
      const house = yield* open({ config: { limits: { requests_at_once: 6 } }, env: tokens })
      const { script, letGo } = held()
      house.fakes.openai.respond(script)
      const headers = yield* somebodyElse
      const replies = [many(20, house), many(20, house, headers)].flat()
      let refused = 0
      for (const reply of replies) {
        reply.then(({ status }) => {
          if (status === 503 && ++refused === 34) letGo()
        })
      }
      const all = yield* Effect.promise(() => Promise.all(replies))
      for (const reply of all.filter(({ status }) => status !== 200)) checkFull(reply, "overloaded")
      const answered = [all.slice(0, 20), all.slice(20)].map((some) =>
        some.filter(({ status }) => status === 200).length
      )
      assertEquals([...answered, house.fakes.openai.calls.length], [3, 3, 6])
    }).pipe(Effect.timeout("10 seconds"))
)

liveTest(
  "O1: at ten times what a provider can do, it does at least 80 % of the most that it can",
  () =>
    Effect.gen(function* () {
      // 40 a second.
      const house = yield* open(narrow(2, 4))
      house.fakes.openai.respond(slow(50))
      /** How many are answered within a second of the time that `ask` begins to ask. */
      const measure = (ask: (note: (reply: Reply) => void) => Promise<unknown>) =>
        Effect.promise(async () => {
          const until = performance.now() + 1000
          let answered = 0
          await ask(({ status }) => {
            if (status === 200 && performance.now() <= until) answered++
          })
          return answered
        })

      const peak = measure((note) => {
        const until = performance.now() + 1000
        const one = async () => {
          while (performance.now() < until) note(await house.ask(model, false))
        }
        return Promise.all(Array.from({ length: 2 }, one))
      })
      let slowest = 0
      const flood = measure(async (note) => {
        const replies: Array<Promise<void>> = []
        for (let tick = 0; tick < 20; tick++) {
          replies.push(...many(20, house).map((reply) => reply.then(note)))
          const before = performance.now()
          const pause = new Promise((next) => setTimeout(next, 50))
          await house.read("/health")
          slowest = Math.max(slowest, performance.now() - before)
          await pause
        }
        await Promise.all(replies)
      })
      const told: Array<string> = []
      let share = 0
      // Once more where the machine itself had a hiccup.
      for (let round = 0; round < 2 && share < 0.8; round++) {
        const most = yield* peak
        const goodput = yield* flood
        share = goodput / most
        told.push(`${goodput} of ${most} a second`)
      }
      console.log(`  ${told.join(", then ")}, /health within ${slowest.toFixed(0)} ms`)
      assert(share >= 0.8, told.join(", then "))
      assert(slowest < 500, `/health took ${slowest} ms`)
    }).pipe(Effect.timeout("20 seconds"))
)

liveTest(
  "O5: one caller's flood delays another caller by one turn",
  () =>
    Effect.gen(function* () {
      const house = yield* open({ ...narrow(1, 30), env: tokens })
      const fake = house.fakes.openai
      const { script, letGo } = held()
      fake.respond(script)
      const order: Array<"flood" | "other"> = []
      const note = (who: "flood" | "other") => (reply: Reply) => {
        if (reply.status === 200) order.push(who)
        return reply
      }
      const flood = many(25, house).map((reply) => reply.then(note("flood")))
      // All of the flood is there: one is served, the others wait.
      yield* Effect.promise(async () => {
        while (true) {
          const { actors } = await house.read("/supervision")
          const { calls } = actors.find(({ name }: { name: string }) => name === "provider/openai")
          if (calls.in_flight + calls.waiting === 25) break
        }
      })
      const headers = yield* somebodyElse
      const other = Array.from(
        { length: 2 },
        () => house.ask(model, false, headers).then(note("other"))
      )
      yield* Effect.promise(async () => {
        while (true) {
          const { actors } = await house.read("/supervision")
          const { calls } = actors.find(({ name }: { name: string }) => name === "provider/openai")
          if (calls.in_flight + calls.waiting === 27) break
        }
      })
      letGo()
      yield* Effect.promise(() => Promise.all([...flood, ...other]))
      const turns = order.flatMap((who, at) => who === "other" ? [at] : [])
      assert(turns[0]! <= 2 && turns[1]! <= 4, `It was served at ${turns}`)
      assertEquals(order.length, 27)
    }).pipe(Effect.timeout("10 seconds"))
)
