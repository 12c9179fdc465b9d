/**
 * U9 to U13 and U18 where nobody else can answer: a short pause that a provider asks for is waited out,
 * a long one is told.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import type { DialectName } from "../../src/domain/Message.ts"
import { answer, type Choose, fail, type Script, status } from "../kit/FakeProvider.ts"
import { liveTest } from "../kit/effect.ts"
import { check } from "./client.ts"
import { dialects, type House, type HouseOptions, modelAt, open, spareFor } from "./house.ts"
import { good, limited, type Row } from "./Row.ts"
import { limitedUntil } from "./scripts.ts"

/** `script` for the first call, and a good answer for those after it. */
const once = (script: Script | Choose): Choose => {
  let first = true
  return (call) => {
    if (!first) return answer()
    first = false
    return typeof script === "function" ? script(call) : script
  }
}

const inMs = (milliseconds: number) => new Date(Date.now() + milliseconds)

/** Runs `run` for each dialect, whole and streamed, all of them at once. */
const everywhere = (
  options: HouseOptions,
  run: (house: House, dialect: DialectName, streamed: boolean) => Promise<void>,
  some: ReadonlyArray<DialectName> = dialects
) =>
  Effect.forEach(
    [false, true],
    (streamed) =>
      Effect.scoped(Effect.gen(function* () {
        const house = yield* open(options)
        yield* Effect.promise(() =>
          Promise.all(some.map((dialect) => run(house, dialect, streamed)))
        )
      })),
    { concurrency: 2, discard: true }
  )

/** A pause that is asked for, and how long it is at least, in milliseconds. */
interface Pause {
  readonly id: Row["id"]
  readonly what: string
  readonly leastMs: number
  readonly dialects?: ReadonlyArray<DialectName>
  readonly script: Script | Choose
}

const pauses: ReadonlyArray<Pause> = [
  {
    id: "U9",
    what: "Retry-After of no seconds",
    leastMs: 100,
    script: limitedUntil(() => ({ "retry-after": "0" }))
  },
  {
    id: "U10",
    what: "retry-after-ms",
    leastMs: 150,
    script: limitedUntil(() => ({ "retry-after-ms": "150" }))
  },
  {
    id: "U10",
    what: "a date that is past",
    leastMs: 100,
    script: limitedUntil(() => ({ "retry-after": inMs(-60_000).toUTCString() }))
  },
  {
    id: "U11",
    what: "the time at which a spent limit is back",
    leastMs: 150,
    script: limitedUntil(() => ({
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "150ms",
      "x-ratelimit-remaining-tokens": "10",
      "x-ratelimit-reset-tokens": "6m0s"
    }))
  },
  {
    id: "U12",
    what: "Anthropic's time",
    leastMs: 100,
    dialects: ["anthropic"],
    script: limitedUntil(() => ({
      "anthropic-ratelimit-requests-remaining": "0",
      "anthropic-ratelimit-requests-reset": inMs(200).toISOString()
    }))
  },
  {
    id: "U13",
    what: "Gemini's RetryInfo",
    leastMs: 150,
    dialects: ["gemini"],
    script: fail("rate_limited", { retryDelay: "0.15s" })
  },
  {
    id: "U18",
    what: "the pause of one that is overloaded",
    leastMs: 150,
    script: status(529, { body: {}, headers: { "retry-after-ms": "150" } })
  }
]

for (const { id, what, leastMs, dialects: some, script } of pauses) {
  liveTest(
    `${id}: ${what} is waited out where nobody else can answer`,
    () =>
      everywhere({}, async ({ ask, fakes }, dialect, streamed) => {
        const model = modelAt("fake", dialect)
        const fake = fakes[dialect]
        fake.respond(once(script))
        check(await ask(model, streamed), { seen: good(), streamed, model, attempts: 2 })
        const [first, second, ...more] = fake.calls
        assertEquals(more, [])
        const waited = second!.receivedAt - first!.receivedAt
        assert(leastMs <= waited, `${dialect}: only ${waited} ms`)
      }, some)
  )
}

liveTest(
  "U9: a pause is waited out once: the second is told",
  () =>
    everywhere({}, async ({ ask, fakes }, dialect, streamed) => {
      const model = modelAt("fake", dialect)
      fakes[dialect].respond(limitedUntil(() => ({ "retry-after-ms": "10" })))
      check(await ask(model, streamed), { seen: limited(1), streamed, model, attempts: 2 })
      assertEquals(fakes[dialect].calls.length, 2)
    })
)

liveTest(
  "U9: a pause of more than 5 s is told at once",
  () =>
    everywhere({}, async ({ ask, fakes }, dialect, streamed) => {
      const model = modelAt("fake", dialect)
      fakes[dialect].respond(once(limitedUntil(() => ({ "retry-after-ms": "5001" }))))
      const before = performance.now()
      check(await ask(model, streamed), { seen: limited(6), streamed, model, attempts: 1 })
      assert(performance.now() - before < 4000, "It was waited out")
      assertEquals(fakes[dialect].calls.length, 1)
    })
)

liveTest(
  "U9: a pause that a client in a hurry cannot wait for is told at once",
  () =>
    everywhere({}, async ({ ask, fakes }, dialect, streamed) => {
      const model = modelAt("fake", dialect)
      fakes[dialect].respond(once(limitedUntil(() => ({ "retry-after": "4" }))))
      const before = performance.now()
      const reply = await ask(model, streamed, { "x-penstock-timeout": "3" })
      check(reply, { seen: limited(4), streamed, model, attempts: 1 })
      assert(performance.now() - before < 2500, "It was waited out")
    })
)

liveTest(
  "U9: with all of them limited, the one that is back soonest is waited for",
  () =>
    everywhere({ spare: {} }, async (house, dialect, streamed) => {
      const model = modelAt("fake", dialect)
      house.fakes[dialect].respond(limitedUntil(() => ({ "retry-after": "4" })))
      const asked = new Set<string>()
      house.spare.respond((call) => {
        if (asked.has(call.dialect)) return answer()
        asked.add(call.dialect)
        return fail("rate_limited", { headers: { "retry-after-ms": "100" } })
      })
      const served = spareFor(dialect)
      check(await house.ask(model, streamed), {
        seen: good(),
        streamed,
        model,
        served,
        attempts: 3
      })
      assertEquals(house.fakes[dialect].calls.length, 1)
    })
)

liveTest(
  "U9: with all of them limited for long, the soonest pause is told",
  () =>
    everywhere({ spare: {} }, async ({ ask, fakes, spare }, dialect, streamed) => {
      const model = modelAt("fake", dialect)
      fakes[dialect].respond(limitedUntil(() => ({ "retry-after": "60" })))
      spare.respond(limitedUntil(() => ({ "retry-after": "20" })))
      check(await ask(model, streamed), { seen: limited(20), streamed, model, attempts: 2 })
      // Nobody is asked again before.
      const reply = await ask(model, streamed)
      const seen = { ...limited([19, 20]), fault: undefined }
      check(reply, { seen, streamed, model, attempts: 0 })
    })
)
