import { assert, assertEquals, assertMatch } from "@std/assert"
import { capabilities, type ModelSpec, onlyEmbeds, refused } from "../../src/domain/Model.ts"
import { make } from "../../src/ledger/prices/Prices.ts"
import { anthropicModels } from "../../src/provider/catalog/models/anthropic.ts"
import { deepseekModels } from "../../src/provider/catalog/models/deepseek.ts"
import { googleModels } from "../../src/provider/catalog/models/google.ts"
import { openaiModels } from "../../src/provider/catalog/models/openai.ts"
import { xaiModels } from "../../src/provider/catalog/models/xai.ts"

const catalogue: Record<string, ReadonlyArray<ModelSpec>> = {
  openai: openaiModels,
  anthropic: anthropicModels,
  google: googleModels,
  deepseek: deepseekModels,
  "x-ai": xaiModels
}
const all = Object.entries(catalogue).flatMap(([provider, specs]) =>
  specs.map((spec) => ({ provider, spec }))
)
const now = Date.parse("2026-11-22T00:00:00Z")

/** Served, but newer than the price list; their prices are not sure enough to write down. */
const withoutPrice = ["gpt-6.1-sol", "gpt-6.1-terra", "gemini-4-argon", "gemini-4-carbon"]

/** Newer than the price list, but with prices of the catalogue's own. */
const withOwnPrice = ["claude-sonnet-5-5", "claude-haiku-5-5"]

Deno.test("each model of the catalogue has an id of its own that fits into a URL and a log", () => {
  const ids = all.map(({ spec }) => spec.id)
  assertEquals(ids.filter((id, at) => ids.indexOf(id) !== at), [])
  for (const id of ids) assertMatch(id, /^[A-Za-z0-9._:\/-]{1,128}$/)
})

Deno.test("the ids that existing clients use are in the catalogue", () => {
  for (const id of ["gpt-4", "gpt-3.5-turbo", "gemini-pro", "claude-3"]) {
    assert(all.some(({ spec }) => spec.id === id), id)
  }
})

Deno.test("a retired model is served by a model of the same provider that is not retired", () => {
  for (const { provider, spec } of all) {
    if (spec.aliasOf === undefined) {
      assertEquals(spec.upstreamModel, undefined)
      continue
    }
    const target = catalogue[provider]!.find(({ id }) => id === spec.aliasOf)!
    assertEquals([target.aliasOf, spec.upstreamModel], [undefined, target.id])
    assert(spec.name.includes(target.name), spec.name)
  }
})

Deno.test("the price list prices each model of the catalogue, but for the newest", () => {
  const { ratesOf } = make()
  const unknown = all.filter(({ provider, spec }) =>
    ratesOf(provider, spec.upstreamModel ?? spec.id, now) === undefined
  ).map(({ spec }) => spec.id)
  assertEquals(unknown.sort(), [...withoutPrice, ...withOwnPrice].sort())
})

Deno.test("the catalogue has prices of its own only where the price list has none", () => {
  const own = all.filter(({ spec }) => spec.rates).map(({ spec }) => spec.id)
  assertEquals(own.sort(), [...withOwnPrice].sort())
})

Deno.test("limits are whole numbers, and an answer fits into the context window", () => {
  for (const { spec: { id, contextWindow, maxOutputTokens } } of all) {
    for (const limit of [contextWindow, maxOutputTokens]) {
      assert(limit === undefined || Number.isSafeInteger(limit) && limit > 0, id)
    }
    assert((maxOutputTokens ?? 0) <= (contextWindow ?? Infinity), id)
  }
})

Deno.test("capabilities are known words, each at most once, and every model converses or embeds", () => {
  for (const { spec } of all) {
    assertEquals(capabilities.filter((word) => spec.capabilities.includes(word)), [
      ...spec.capabilities
    ])
    assert(spec.capabilities.includes("conversation") || onlyEmbeds(spec), spec.id)
  }
})

Deno.test("a model that refuses tools does not claim to have them", () => {
  for (const { spec } of all) {
    const refusesTools = spec.unsupportedParameters?.includes("tools") ?? onlyEmbeds(spec)
    assertEquals(spec.capabilities.includes("tools"), !refusesTools, spec.id)
  }
})

Deno.test("what existing clients ask for is taken: a temperature and a budget", () => {
  for (const id of ["gpt-4", "gpt-3.5-turbo", "gemini-pro", "claude-3"]) {
    const { spec } = all.find(({ spec }) => spec.id === id)!
    assertEquals(refused(spec, { temperature: 0.7, maxTokens: 1000 }), [], id)
  }
})

Deno.test("what is not known of a model is not also known, and no model of the great three is unsure", () => {
  for (const { provider, spec } of all) {
    const { unknownCapabilities: unknown = [] } = spec
    assertEquals(unknown.filter((one) => spec.capabilities.includes(one)), [], spec.id)
    if (provider !== "deepseek") assertEquals(unknown, [], spec.id)
  }
})

Deno.test("what clients of the great models rely on is known of them", () => {
  const has = (id: string) => all.find(({ spec }) => spec.id === id)!.spec.capabilities
  for (const id of ["gpt-4o", "gpt-4.1-mini", "gpt-4", "gpt-3.5-turbo", "claude-3", "gemini-pro"]) {
    for (const one of ["vision", "tools", "json-schema"] as const) assert(has(id).includes(one), id)
  }
  for (const id of ["o3", "gpt-5", "gpt-5.5", "claude-opus-4-8", "gemini-2.5-flash", "grok-4.6"]) {
    assert(has(id).includes("reasoning"), id)
  }
  for (const id of ["gpt-4o", "gpt-4.1"]) assert(!has(id).includes("reasoning"), id)
})

Deno.test("a model that refuses an effort does not claim to reason", () => {
  for (const { spec } of all) {
    const refuses = spec.unsupportedParameters?.includes("reasoning_effort") ?? false
    if (refuses) assert(!spec.capabilities.includes("reasoning"), spec.id)
  }
})
