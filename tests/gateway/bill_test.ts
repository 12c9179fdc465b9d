import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { done, event, json, says, stop, streaming, upstream } from "../kit/upstream.ts"
import { calls, request } from "./books.ts"
import { generate, priced, stream } from "./priced.ts"
import { ask, asking } from "./request.ts"

const choices = [{
  index: 0,
  message: { role: "assistant", content: "Hi" },
  finish_reason: "stop"
}]
/** 10 tokens read, 5 written: 30 and 35 nano-dollars by the list. */
const counts = { prompt_tokens: 10, completion_tokens: 5 }
const paid = { ...counts, cost: 1.3e-7, is_byok: false }

/** As the list has it: 2.5 and 10 dollars a million. */
const listed = {
  config: {
    providers: {
      one: {
        dialect: "openai",
        base_url: "http://one/v1",
        api_key: "k",
        discover: false,
        pricing: "openai"
      }
    },
    models: { near: { provider: "one", upstream_model: "gpt-4o" } }
  }
}

/** The money of the request, and whether its call was reckoned by a price. */
const booked = Effect.gen(function* () {
  const { input_nanos, output_nanos } = yield* request
  const [call] = yield* calls
  return [input_nanos, output_nanos, call?.price === null]
})

test("what the provider says that an answer costs is booked, whatever the price list says", () =>
  Effect.gen(function* () {
    // Shared as the list would share it, one to two.
    assertEquals((yield* generate).cost, { inputNanos: 43, outputNanos: 87 })
    assertEquals(yield* booked, [43, 87, true])
  }).pipe(
    Effect.provide(simulated(upstream(() => json({ choices, usage: paid })).send, listed))
  ))

test("an operator's own price counts for more than what the provider says", () =>
  Effect.gen(function* () {
    assertEquals((yield* generate).cost, { inputNanos: 30, outputNanos: 35 })
    assertEquals(yield* booked, [30, 35, false])
  }).pipe(
    Effect.provide(simulated(upstream(() => json({ choices, usage: paid })).send, priced()))
  ))

test("what the provider says that a streamed answer costs is booked too", () =>
  Effect.gen(function* () {
    yield* stream
    assertEquals(yield* booked, [43, 87, true])
  }).pipe(Effect.provide(simulated(
    upstream(() => streaming(says("Hi"), stop, event({ choices: [], usage: paid }), done)).send,
    listed
  ))))

test("an answer that says nothing of money is reckoned by its price", () =>
  Effect.gen(function* () {
    yield* generate
    assertEquals(yield* booked, [30, 35, false])
  }).pipe(
    Effect.provide(simulated(upstream(() => json({ choices, usage: counts })).send, priced()))
  ))

test("an answer that searched, at nobody knows what price, has no cost", () =>
  Effect.gen(function* () {
    assertEquals((yield* generate).cost, undefined)
    assertEquals(yield* booked, [null, null, true])
  }).pipe(Effect.provide(simulated(
    upstream(() => json({ choices, usage: { ...counts, num_sources_used: 2 } })).send,
    priced()
  ))))

/** An answer in Anthropic's words. */
const claude = (usage: object) =>
  upstream(() =>
    json({
      type: "message",
      role: "assistant",
      content: [{ type: "text", text: "Hi" }],
      stop_reason: "end_turn",
      usage: { input_tokens: 10, output_tokens: 5, ...usage }
    })
  ).send

const env = { ANTHROPIC_API_KEY: "sk-ant-test" }

const asksClaude = Effect.gen(function* () {
  const gateway = yield* Gateway
  return (yield* gateway.generate(ask(asking("claude-sonnet-4-6")))).cost
})

test("Anthropic's searches are booked at a cent each, beside the tokens", () =>
  Effect.gen(function* () {
    const cost = { inputNanos: 30_000 + 3 * 10_000_000, outputNanos: 75_000 }
    assertEquals(yield* asksClaude, cost)
    assertEquals(yield* booked, [cost.inputNanos, cost.outputNanos, false])
  }).pipe(
    Effect.provide(simulated(claude({ server_tool_use: { web_search_requests: 3 } }), { env }))
  ))

test("what Anthropic keeps in the United States costs a tenth more", () =>
  Effect.gen(function* () {
    assertEquals(yield* asksClaude, { inputNanos: 33_000, outputNanos: 82_500 })
  }).pipe(Effect.provide(simulated(claude({ inference_geo: "us" }), { env }))))

test("Groq's flexible tier costs what the ordinary one does", () =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const { cost } = yield* gateway.generate(ask(asking("oss")))
    // 0.15 and 0.6 dollars a million.
    assertEquals(cost, { inputNanos: 1500, outputNanos: 3000 })
  }).pipe(Effect.provide(simulated(
    upstream(() => json({ choices, usage: counts, service_tier: "flex" })).send,
    {
      env: { GROQ_API_KEY: "gsk-test" },
      config: { models: { oss: { provider: "groq", upstream_model: "openai/gpt-oss-120b" } } }
    }
  ))))
