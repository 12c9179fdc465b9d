import { assertEquals } from "@std/assert"
import { isSame, isSearched, readUsage } from "../../../src/protocol/gemini/usage.ts"

const tierOf = (said: object) =>
  readUsage({ promptTokenCount: 1, candidatesTokenCount: 1, ...said })?.tier

Deno.test("readUsage() tells the tier of service that has prices of its own", () => {
  assertEquals(tierOf({ serviceTier: "flex" }), "flex")
  assertEquals(tierOf({ serviceTier: "SERVICE_TIER_PRIORITY" }), "priority")
  assertEquals(tierOf({ serviceTier: "standard" }), undefined)
  assertEquals(tierOf({ serviceTier: "unspecified" }), undefined)
})

Deno.test("readUsage() reads what Vertex says of it", () => {
  assertEquals(tierOf({ trafficType: "ON_DEMAND" }), undefined)
  assertEquals(tierOf({ trafficType: "TRAFFIC_TYPE_UNSPECIFIED" }), undefined)
  assertEquals(tierOf({ trafficType: "ON_DEMAND_FLEX" }), "flex")
  assertEquals(tierOf({ trafficType: "PROVISIONED_THROUGHPUT" }), "provisioned_throughput")
})

Deno.test("readUsage() tells audio and images from text, and what of it was cached", () => {
  const of = (modality: string, tokenCount: number) => ({ modality, tokenCount })
  const counted = {
    promptTokenCount: 100,
    toolUsePromptTokenCount: 20,
    cachedContentTokenCount: 30,
    candidatesTokenCount: 50,
    thoughtsTokenCount: 7,
    promptTokensDetails: [of("TEXT", 60), of("AUDIO", 40)],
    toolUsePromptTokensDetails: [of("AUDIO", 5)],
    cacheTokensDetails: [of("AUDIO", 25), of("TEXT", 5)],
    candidatesTokensDetails: [of("IMAGE", 44)]
  }
  const read = readUsage(counted)
  assertEquals(read?.media, {
    audioPrompt: 45,
    cachedAudio: 25,
    audioWritten: 0,
    imageWritten: 44
  })
  const text = readUsage({ ...counted, candidatesTokensDetails: [] })
  assertEquals([read && text && isSame(read, text), read && isSame(read, { ...read })], [
    false,
    true
  ])
  assertEquals(
    readUsage({ promptTokenCount: 9, promptTokensDetails: [of("TEXT", 9), of("IMAGE", 9)] })?.media,
    undefined
  )
  const absurd = { ...counted, candidatesTokensDetails: [of("IMAGE", 4000), of("AUDIO", 30)] }
  const media = readUsage(absurd)?.media
  assertEquals([media?.audioWritten, media?.imageWritten], [30, 20])
})

Deno.test("isSearched() tells a search of the web or of maps from what costs nothing beside tokens", () => {
  const grounded = (groundingMetadata: unknown) => isSearched({ groundingMetadata })
  assertEquals(grounded({ webSearchQueries: ["x"] }), true)
  assertEquals(grounded({ groundingChunks: [{ web: { uri: "x" } }] }), true)
  assertEquals(grounded({ groundingChunks: [{ maps: { uri: "x" } }] }), true)
  assertEquals(grounded({}), false)
  assertEquals(grounded({ webSearchQueries: [], groundingChunks: [] }), false)
  assertEquals(grounded({ groundingChunks: [{ retrievedContext: { uri: "x" } }] }), false)
  assertEquals([isSearched({}), isSearched(null)], [false, false])
})
