import { assertEquals } from "@std/assert"
import type { Rates } from "../../src/domain/Cost.ts"
import { atTier, underTerms } from "../../src/domain/Terms.ts"
import { plus, type Usage } from "../../src/domain/Usage.ts"

const rates: Rates = { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75, reasoning: 20 }

const usage = (counts: Partial<Usage>): Usage => ({
  promptTokens: 10,
  completionTokens: 5,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "reported",
  ...counts
})

Deno.test("atTier() prices a tier as the operator says, else by its share, else not at all", () => {
  const own = { input: 1, output: 2 }
  const tiered: Rates = {
    ...rates,
    perRequest: 0.01,
    tiers: [{ overPromptTokens: 10, input: 6, output: 30 }],
    serviceTiers: { priority: own }
  }
  assertEquals(atTier(tiered, undefined), tiered)
  assertEquals(atTier(tiered, "priority", { priority: 9 }), own)
  assertEquals(atTier(tiered, "fast"), undefined)
  for (const name of ["constructor", "__proto__"]) assertEquals(atTier(tiered, name, {}), undefined)
  assertEquals(atTier(undefined, "flex", { flex: 0.5 }), undefined)
  const flex = atTier(tiered, "flex", { flex: 0.5 })
  assertEquals([flex?.input, flex?.cachedInput, flex?.perRequest], [1.5, 0.15, 0.01])
  assertEquals([flex?.tiers?.[0]?.overPromptTokens, flex?.tiers?.[0]?.output], [10, 15])
})

Deno.test("underTerms() adds the provider's price of a search, whatever the tier", () => {
  const terms = { tierShares: { us: 1.1 }, perSearch: 0.01 }
  assertEquals(underTerms(rates, usage({}), terms), rates)
  assertEquals(underTerms(rates, usage({ searches: 2 }), terms), { ...rates, perSearch: 0.01 })
  const us = underTerms(rates, usage({ searches: 2, tier: "us" }), terms)
  assertEquals([us?.input, us?.perSearch], [3.3000000000000003, 0.01])
})

Deno.test("underTerms() has nothing to reckon by where something has no price", () => {
  assertEquals(underTerms(rates, usage({ searches: 1 }), {}), undefined)
  assertEquals(underTerms(rates, usage({ isUnpriceable: true }), { perSearch: 1 }), undefined)
  assertEquals(underTerms(undefined, usage({ searches: 1 }), { perSearch: 1 }), undefined)
})

Deno.test("plus() adds up what is billed beside, and money only where all of it is told", () => {
  const media = { audioPrompt: 4, cachedAudio: 3, audioWritten: 2, imageWritten: 1 }
  const both = plus(
    usage({ media, searches: 2, toldNanos: 5, asideTokens: 3 }),
    usage({ media, searches: 1, toldNanos: 6, isUnpriceable: true })
  )
  assertEquals([both.searches, both.toldNanos, both.isUnpriceable], [3, 11, true])
  assertEquals(both.asideTokens, 3)
  assertEquals(both.media, { audioPrompt: 8, cachedAudio: 6, audioWritten: 4, imageWritten: 2 })
  assertEquals(plus(usage({}), usage({ media })).media, media)
  assertEquals("toldNanos" in plus(usage({ toldNanos: 5 }), usage({})), false)
  assertEquals(Object.keys(plus(usage({}), usage({}))), Object.keys(usage({})))
})
