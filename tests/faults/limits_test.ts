/**
 * O6 and O7: what is told to a client that asks for more than it, or the model, may have.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import { apiKey, hello } from "../kit/gateway.ts"
import type { Reply } from "./client.ts"
import { dialects, type House, modelAt, open, spareFor } from "./house.ts"
import { held } from "./scripts.ts"

const post = async (
  { api }: House,
  streamed: boolean,
  body: object
): Promise<Reply> => {
  const response = await fetch(`${api}/generate${streamed ? "/stream" : ""}`, {
    method: "POST",
    headers: { "x-api-key": apiKey, "content-type": "application/json" },
    body: JSON.stringify(body)
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** What the headers tell of a limit. */
const room = ({ headers }: Reply, kind: "requests" | "tokens") => ({
  limit: headers.get(`x-ratelimit-limit-${kind}`),
  remaining: headers.get(`x-ratelimit-remaining-${kind}`),
  reset: headers.get(`x-ratelimit-reset-${kind}`)
})

/** Checks that `reply` is 429, and says when to come back. */
const checkLimited = (
  { status, headers, text }: Reply,
  model: string,
  reason: "key_limit" | "model_limit",
  limit: "requests" | "tokens" | "concurrency",
  [least, most]: readonly [number, number]
) => {
  const { error } = JSON.parse(text)
  assertEquals([status, error.code], [429, "RATE_LIMIT_EXCEEDED"], text)
  const { retry_after, ...details } = error.details
  assertEquals(details, { model, reason, limit })
  assert(least <= retry_after && retry_after <= most, `retry_after is ${retry_after}`)
  assertEquals(headers.get("retry-after"), String(retry_after))
  const ms = Number(headers.get("retry-after-ms"))
  assert(ms > (retry_after - 1) * 1000 && ms <= retry_after * 1000, `retry-after-ms is ${ms}`)
  assertEquals(headers.get("x-should-retry"), null)
  assertEquals(headers.get("x-penstock-attempts"), "0")
}

liveTest(
  "O6: past a key's requests a minute it is 429 with the time to come back, and nobody is asked",
  () =>
    Effect.gen(function* () {
      const house = yield* open({ config: { limits: { key: { requests_per_minute: 2 } } } })
      house.clock.stop()
      const models = dialects.map((dialect) => modelAt("fake", dialect))
      const ask = (nth: number, streamed: boolean) =>
        Effect.promise(() => post(house, streamed, hello(models[nth % models.length]!)))
      const first = yield* ask(0, false)
      assertEquals([first.status, room(first, "requests").limit], [200, "2"])
      assertEquals(room(first, "requests").remaining, "1")
      assertMatch(room(first, "requests").reset ?? "", /^(59|60)(\.\d+)?s$/)
      assertEquals(room(first, "tokens"), { limit: null, remaining: null, reset: null })
      const second = yield* ask(1, true)
      assertEquals([second.status, room(second, "requests").remaining], [200, "0"])
      for (const streamed of [false, true]) {
        const third = yield* ask(2, streamed)
        checkLimited(third, models[2]!, "key_limit", "requests", [59, 61])
        assertEquals([room(third, "requests").limit, room(third, "requests").remaining], ["2", "0"])
      }
      assertEquals(house.fakes.gemini.calls.length, 0)
      house.clock.move(61_000)
      assertEquals((yield* ask(2, true)).status, 200)
    })
)

liveTest(
  "O6: past a key's tokens a minute it is 429, and what was not used is given back",
  () =>
    Effect.gen(function* () {
      // Each of the fakes reports 14 tokens.
      const house = yield* open({ config: { limits: { key: { tokens_per_minute: 250 } } } })
      house.clock.stop()
      for (const [nth, dialect] of dialects.entries()) {
        const model = modelAt("fake", dialect)
        const body = hello(model, { max_tokens: 150 })
        const reply = yield* Effect.promise(() => post(house, nth % 2 === 0, body))
        assertEquals(reply.status, 200, reply.text)
        assertEquals(room(reply, "tokens").limit, "250")
      }
      // Five times 14 are used: 180 are left, and more than 200 are asked for.
      const model = modelAt("fake", "openai")
      const reply = yield* Effect.promise(() =>
        post(house, false, hello(model, { max_tokens: 200 }))
      )
      checkLimited(reply, model, "key_limit", "tokens", [59, 61])
      assertEquals(room(reply, "tokens").remaining, "180")
    })
)

liveTest(
  "O6: of requests at once no more are let in than a key may have",
  () =>
    Effect.gen(function* () {
      const house = yield* open({ config: { limits: { key: { concurrency: 2 } } } })
      const fake = house.fakes.openai
      const model = modelAt("fake", "openai")
      const { script, letGo } = held()
      fake.respond(script)
      const replies = Array.from({ length: 10 }, () => post(house, false, hello(model)))
      let refused = 0
      for (const reply of replies) {
        reply.then(({ status }) => {
          if (status === 429 && ++refused === 8) letGo()
        })
      }
      const all = yield* Effect.promise(() => Promise.all(replies))
      assertEquals(fake.calls.length, 2)
      for (const reply of all.filter(({ status }) => status !== 200)) {
        checkLimited(reply, model, "key_limit", "concurrency", [1, 1])
      }
      assertEquals(refused, 8)
    }).pipe(Effect.timeout("10 seconds"))
)

liveTest(
  "O6: a model whose own limit is reached is passed over for its fallback, else it is 429",
  () =>
    Effect.gen(function* () {
      const policy = { rate_limit: { requests_per_minute: 1 } }
      for (const spare of [{ policy }, undefined]) {
        const house = yield* open({
          spare,
          ...(spare ? {} : {
            config: {
              models: Object.fromEntries(
                dialects.map((dialect) => [modelAt("fake", dialect), policy])
              )
            }
          })
        })
        house.clock.stop()
        for (const dialect of dialects) {
          const model = modelAt("fake", dialect)
          const first = yield* Effect.promise(() => post(house, true, hello(model)))
          assertEquals([first.status, room(first, "requests").limit], [200, "1"], first.text)
          for (const streamed of [false, true]) {
            const next = yield* Effect.promise(() => post(house, streamed, hello(model)))
            if (spare) {
              assertEquals([next.status, next.text.includes(spareFor(dialect))], [200, true])
            } else checkLimited(next, model, "model_limit", "requests", [59, 61])
          }
          assertEquals(house.fakes[dialect].calls.length, 1)
        }
      }
    })
)

liveTest(
  "O7: a request for more tokens than ever may be is 400, and not a 429 that comes back for ever",
  () =>
    Effect.gen(function* () {
      const house = yield* open({ config: { limits: { key: { tokens_per_minute: 1000 } } } })
      house.clock.stop()
      for (const dialect of dialects) {
        const model = modelAt("fake", dialect)
        for (const streamed of [false, true]) {
          const reply = yield* Effect.promise(() =>
            post(house, streamed, hello(model, { max_tokens: 1001 }))
          )
          const { code, details } = JSON.parse(reply.text).error
          assertEquals([reply.status, code], [400, "INVALID_REQUEST"])
          assertEquals(details, { reason: "request_exceeds_limit" })
          assertEquals(reply.headers.get("retry-after"), null)
          // It took nothing.
          assertEquals(room(reply, "tokens").remaining, "1000")
        }
        assertEquals(house.fakes[dialect].calls.length, 0)
      }
    })
)
