import { assertEquals } from "@std/assert"
import { counts } from "../../../src/protocol/anthropic/usage.ts"

const reporting = (...reports: ReadonlyArray<object>) => {
  const { report, usage } = counts()
  for (const one of reports) report(one)
  return usage()
}

Deno.test("usage() tells what the cache keeps for an hour from what it keeps for minutes", () => {
  const written = {
    input_tokens: 5,
    cache_creation_input_tokens: 100,
    cache_creation: { ephemeral_5m_input_tokens: 70, ephemeral_1h_input_tokens: 30 }
  }
  const usage = reporting(written, { output_tokens: 7 })
  assertEquals([usage?.promptTokens, usage?.cacheWriteTokens], [105, 100])
  assertEquals(usage?.longCacheWriteTokens, 30)
  assertEquals(
    reporting({ ...written, output_tokens: 1, cache_creation_input_tokens: 20 })
      ?.longCacheWriteTokens,
    20
  )
  const short = { ...written, cache_creation: { ephemeral_1h_input_tokens: 0 } }
  assertEquals(reporting(short, { output_tokens: 7 })?.longCacheWriteTokens, undefined)
})

Deno.test("usage() tells a tier or a speed that has prices of its own", () => {
  const said = (more: object) => reporting({ input_tokens: 1, output_tokens: 1, ...more })?.tier
  assertEquals(said({ service_tier: "standard", speed: "standard" }), undefined)
  assertEquals(said({ service_tier: null, speed: null }), undefined)
  assertEquals(said({ service_tier: "priority" }), "priority")
  assertEquals(said({ service_tier: "standard", speed: "fast" }), "fast")
  const later = reporting({ input_tokens: 1, service_tier: "priority" }, { output_tokens: 2 })
  assertEquals(later?.tier, "priority")
})

Deno.test("usage() tells searches, which are billed one by one", () => {
  const searched = (web_search_requests: unknown) =>
    reporting(
      { input_tokens: 1, server_tool_use: { web_search_requests: 0 } },
      { output_tokens: 2, server_tool_use: { web_search_requests, web_fetch_requests: 9 } }
    )?.searches
  assertEquals([searched(3), searched(0), searched("3"), searched(-1)], [
    3,
    undefined,
    undefined,
    undefined
  ])
})

Deno.test("usage() tells the place, where that has prices of its own, with the speed or tier", () => {
  const said = (more: object) => reporting({ input_tokens: 1, output_tokens: 1, ...more })?.tier
  assertEquals(said({ inference_geo: "global" }), undefined)
  assertEquals(said({ inference_geo: "not_available", service_tier: "standard" }), undefined)
  assertEquals(said({ inference_geo: "us", service_tier: "standard" }), "us")
  assertEquals(said({ inference_geo: "us", speed: "fast", service_tier: "priority" }), "fast-us")
})

Deno.test("usage() adds what it took to make the context shorter, which the counts leave out", () => {
  const part = {
    input_tokens: 1000,
    output_tokens: 50,
    cache_read_input_tokens: 200,
    cache_creation_input_tokens: 30,
    cache_creation: { ephemeral_1h_input_tokens: 10 }
  }
  const whole = { input_tokens: 5, output_tokens: 7, cache_read_input_tokens: 2 }
  const iterations = [{ ...part, type: "compaction" }, { ...whole, type: "message" }]
  assertEquals(reporting(whole, { output_tokens: 7, iterations }), {
    promptTokens: 5 + 2 + 1000 + 200 + 30,
    completionTokens: 7 + 50,
    cachedTokens: 202,
    cacheWriteTokens: 30,
    longCacheWriteTokens: 10,
    reasoningTokens: 0,
    asideTokens: 50,
    source: "reported"
  })
})

Deno.test("usage() has no price where another model had a part in it, or a price was changed", () => {
  const said = (more: object) =>
    reporting({ input_tokens: 1, output_tokens: 1, ...more })?.isUnpriceable
  assertEquals(said({ iterations: [{ type: "message" }] }), undefined)
  assertEquals(said({ iterations: [{ type: "message" }, { type: "advisor_message" }] }), true)
  assertEquals(said({ fallback_credit: { status: { type: "not_applied" } } }), undefined)
  assertEquals(said({ fallback_credit: { status: { type: "redeemed" } } }), true)
})
