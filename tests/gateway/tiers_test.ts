import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { done, event, json, says, stop, streaming, upstream } from "../kit/upstream.ts"
import { prices, request } from "./books.ts"
import { generate, price, priced, stream } from "./priced.ts"
import { ask, asking } from "./request.ts"

const usage = { prompt_tokens: 10, completion_tokens: 5 }
const choices = [{
  index: 0,
  message: { role: "assistant", content: "Hi" },
  finish_reason: "stop"
}]
/** An answer by a tier of service. */
const by = (service_tier: string) => upstream(() => json({ choices, usage, service_tier })).send

const tiered = priced({
  price: {
    ...price,
    service_tiers: { priority: { input_per_1m_tokens: 0.006, output_per_1m_tokens: 0.014 } }
  }
})

const booked = Effect.gen(function* () {
  const { input_nanos, output_nanos } = yield* request
  const all = yield* prices
  return [input_nanos, output_nanos, all.map(({ rates }) => JSON.parse(rates).input)]
})

test("an answer by a tier of service is booked at the price that the operator says of it", () =>
  Effect.gen(function* () {
    assertEquals((yield* generate).cost, { inputNanos: 60, outputNanos: 70 })
    // Both prices were reckoned by: the ordinary one before anybody knew which tier it would be.
    assertEquals(yield* booked, [60, 70, [0.003, 0.006]])
  }).pipe(Effect.provide(simulated(by("priority"), tiered))))

test("a tier that nobody knows the price of has none, and is counted as such", () =>
  Effect.gen(function* () {
    assertEquals((yield* generate).cost, undefined)
    assertEquals((yield* booked).slice(0, 2), [null, null])
  }).pipe(Effect.provide(simulated(by("fast"), tiered))))

test("the ordinary tier has the ordinary price", () =>
  Effect.gen(function* () {
    assertEquals((yield* generate).cost, { inputNanos: 30, outputNanos: 35 })
  }).pipe(Effect.provide(simulated(by("default"), tiered))))

test("OpenAI's flexible tier costs half", () =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const { cost } = yield* gateway.generate(ask(asking("gpt-4o")))
    // 2.5 and 10 dollars a million, by halves.
    assertEquals(cost, { inputNanos: 12_500, outputNanos: 25_000 })
  }).pipe(Effect.provide(simulated(by("flex")))))

test("a streamed answer is booked by the tier that its report of usage tells", () =>
  Effect.gen(function* () {
    yield* stream
    assertEquals((yield* booked).slice(0, 2), [60, 70])
  }).pipe(Effect.provide(simulated(
    upstream(() =>
      streaming(says("Hi"), stop, event({ choices: [], usage, service_tier: "priority" }), done)
    ).send,
    tiered
  ))))
