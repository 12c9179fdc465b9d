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
