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
