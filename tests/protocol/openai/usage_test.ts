import { assertEquals } from "@std/assert"
import { readUsage } from "../../../src/protocol/openai/usage.ts"
import { decoded, finish, piece, stream, text, usage } from "./deltas.ts"

const choices = [{ message: { content: "x" }, finish_reason: "stop" }]
const reported = (usage: unknown) => decoded({ choices, usage }).slice(2)

Deno.test("readUsage() reads the wholes and their parts", () => {
  assertEquals(
    reported({
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
      completion_tokens_details: { reasoning_tokens: 30 }
    }),
    [usage(100, 50, { cachedTokens: 60, cacheWriteTokens: 10, reasoningTokens: 30 })]
  )
})

Deno.test("readUsage() finds the cached tokens of DeepSeek and Moonshot", () => {
  const wholes = { prompt_tokens: 9, completion_tokens: 1 }
  assertEquals(reported({ ...wholes, prompt_cache_hit_tokens: 4 }), [
    usage(9, 1, { cachedTokens: 4 })
  ])
  assertEquals(reported({ ...wholes, cached_tokens: 3 }), [usage(9, 1, { cachedTokens: 3 })])
})

Deno.test("readUsage() adds reasoning that is counted beside the completion, as the total shows", () => {
  const parts = { completion_tokens_details: { reasoning_tokens: 30 } }
  assertEquals(
    reported({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 45, ...parts }),
    [usage(10, 35, { reasoningTokens: 30 })]
  )
  assertEquals(
    reported({ prompt_tokens: 10, completion_tokens: 35, total_tokens: 45, ...parts }),
    [usage(10, 35, { reasoningTokens: 30 })]
  )
})

Deno.test("readUsage() takes 0 for a report, and an impossible count for none", () => {
  assertEquals(reported({ prompt_tokens: 0, completion_tokens: 0 }), [usage(0, 0)])
  for (const bad of [-1, 1.5, "7", 1e10, null, undefined, NaN, {}]) {
    assertEquals(reported({ prompt_tokens: bad, completion_tokens: 5 }), [])
    assertEquals(reported({ prompt_tokens: 5, completion_tokens: bad }), [])
    assertEquals(
      reported({
        prompt_tokens: 5,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: bad, cache_write_tokens: bad },
        completion_tokens_details: { reasoning_tokens: bad }
      }),
      [usage(5, 5)]
    )
  }
  for (const none of [null, undefined, [], "usage", {}]) assertEquals(reported(none), [])
})

Deno.test("readUsage() keeps the parts within their wholes", () => {
  assertEquals(
    reported({
      prompt_tokens: 10,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 8, cache_write_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 9 }
    }),
    [usage(10, 5, { cachedTokens: 8, cacheWriteTokens: 2, reasoningTokens: 5 })]
  )
  assertEquals(
    reported({
      prompt_tokens: 10,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 12, cache_write_tokens: 1 }
    }),
    [usage(10, 5, { cachedTokens: 10 })]
  )
})

Deno.test("reader() finds the usage of a stream wherever a provider puts it", () => {
  const counts = { prompt_tokens: 3, completion_tokens: 2 }
  const told = [text("a"), finish("stop"), usage(3, 2)]
  const first = piece({ content: "a" })
  const last = piece({}, "stop")
  const streams: ReadonlyArray<ReadonlyArray<unknown>> = [
    [first, last, { choices: [], usage: counts }],
    [first, { ...last, usage: counts }],
    [first, { ...last, x_groq: { id: "r", usage: counts } }],
    [first, { choices: [{ index: 0, delta: {}, finish_reason: "stop", usage: counts }] }],
    [first, { ...last, usage: null }, { usage: counts }]
  ]
  for (const events of streams) {
    assertEquals(stream(...events, "[DONE]"), { deltas: told, fault: undefined })
  }
})

Deno.test("reader() tells cumulative usage as it comes", () => {
  const { deltas } = stream(
    { ...piece({ content: "a" }), usage: { prompt_tokens: 3, completion_tokens: 1 } },
    { ...piece({ content: "b" }, "stop"), usage: { prompt_tokens: 3, completion_tokens: 2 } }
  )
  assertEquals(deltas, [text("a"), usage(3, 1), text("b"), finish("stop"), usage(3, 2)])
})

Deno.test("readUsage() tells the tier of service that has prices of its own", () => {
  const usage = { prompt_tokens: 1, completion_tokens: 1 }
  const tierOf = (service_tier: unknown) => readUsage({ usage, service_tier })?.tier
  assertEquals(["flex", "priority"].map(tierOf), ["flex", "priority"])
  const ordinary = ["default", "auto", "standard", "on_demand", null, 7]
  assertEquals(ordinary.filter((tier) => tierOf(tier) !== undefined), [])
})

const wholes = { prompt_tokens: 100, completion_tokens: 50 }
const told = (more: object) => readUsage({ usage: { ...wholes, ...more } })?.toldNanos

Deno.test("readUsage() takes from OpenRouter what it costs, and with one's own key what that owes", () => {
  const cost_details = { upstream_inference_cost: 0.0360795 }
  assertEquals(told({ cost: 0.00014, is_byok: false, cost_details }), 140_000)
  assertEquals(told({ cost: 0, is_byok: false }), 0)
  assertEquals(told({ cost: 0.0018, is_byok: true, cost_details }), 37_879_500)
  // With one's own key the fee alone is not what it costs.
  assertEquals(told({ cost: 0.0018, is_byok: true }), undefined)
  // Who knows what this is a number of.
  assertEquals(told({ cost: 0.00014 }), undefined)
})

Deno.test("readUsage() takes from Perplexity and xAI what it costs, searches and all", () => {
  const cost = { input_tokens_cost: 0, output_tokens_cost: 0.001, request_cost: 0.005 }
  assertEquals(told({ cost: { ...cost, total_cost: 0.006 } }), 6_000_000)
  assertEquals(told({ cost_in_usd_ticks: 37_756_000 }), 3_775_600)
})

Deno.test("readUsage() takes nothing for money that makes no sense as such", () => {
  for (const cost of [-1, Number.NaN, Infinity, 1e7, "0.1", null]) {
    assertEquals(told({ cost, is_byok: false }), undefined)
    assertEquals(told({ cost: { total_cost: cost } }), undefined)
    if (cost !== 1e7) assertEquals(told({ cost_in_usd_ticks: cost }), undefined)
  }
})

Deno.test("readUsage() tells that xAI searched, where it does not say what that cost", () => {
  const read = (more: object) => readUsage({ usage: { ...wholes, ...more } })?.isUnpriceable
  assertEquals([read({ num_sources_used: 4 }), read({ num_sources_used: 0 })], [true, undefined])
})

Deno.test("readUsage() tells audio from text, never more of it than there is", () => {
  const media = (more: object) => readUsage({ usage: { ...wholes, ...more } })?.media
  const none = { prompt_tokens_details: { audio_tokens: 0 } }
  assertEquals(media({ ...none, completion_tokens_details: { audio_tokens: 0 } }), undefined)
  assertEquals(
    media({
      prompt_tokens_details: { audio_tokens: 80, cached_tokens: 40 },
      completion_tokens_details: { audio_tokens: 30, reasoning_tokens: 5 }
    }),
    { audioPrompt: 80, cachedAudio: 20, audioWritten: 30, imageWritten: 0 }
  )
  assertEquals(
    media({
      prompt_tokens_details: { audio_tokens: 800 },
      completion_tokens_details: { audio_tokens: 300, reasoning_tokens: 5 }
    }),
    { audioPrompt: 100, cachedAudio: 0, audioWritten: 45, imageWritten: 0 }
  )
})

Deno.test("readUsage() counts predicted tokens that were rejected once: they are in the whole", () => {
  const completion_tokens_details = {
    accepted_prediction_tokens: 5,
    rejected_prediction_tokens: 20
  }
  assertEquals(reported({ ...wholes, completion_tokens_details }), [usage(100, 50)])
})
