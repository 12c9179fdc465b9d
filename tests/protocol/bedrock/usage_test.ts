import { assertEquals } from "@std/assert"
import { toUsage } from "../../../src/protocol/bedrock/usage.ts"

Deno.test("toUsage() tells what the cache keeps for an hour from what it keeps for minutes", () => {
  const said = (cacheDetails: unknown) =>
    toUsage({ inputTokens: 5, outputTokens: 7, cacheWriteInputTokens: 100, cacheDetails })
  const details = [{ ttl: "5m", inputTokens: 70 }, { ttl: "1h", inputTokens: 30 }]
  assertEquals(said(details)?.longCacheWriteTokens, 30)
  assertEquals(said([{ ttl: "1h", inputTokens: 300 }])?.longCacheWriteTokens, 100)
  for (const none of [undefined, null, [], [{ ttl: "5m", inputTokens: 100 }], [{ ttl: "1h" }]]) {
    assertEquals(said(none)?.longCacheWriteTokens, undefined)
  }
})
